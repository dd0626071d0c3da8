"""A local mock of Odus, the payment-orchestration and subscription API."""

__version__ = "0.1.0"
