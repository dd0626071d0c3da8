"""What a failed attempt says: Odus's error codes, and the same in each processor's own dialect.

Codes from guides/payments/error-codes. The messages, retry strategies and processor codes are ours.
"""

from __future__ import annotations

from msgspec import Struct

from mock_odus.engine.gateways import Declined
from mock_odus.engine.records import (
    DeclineType,
    Integration,
    RetryStrategy,
    TransactionOutcome,
)


class ErrorCode(Struct, frozen=True):
    type: DeclineType
    strategy: RetryStrategy
    message: str
    safe_message: str


_DECLINED = "Your payment was declined. Please use another payment method."
_AGAIN = "Something went wrong while processing your payment. Please try again."
_SOFT: DeclineType = "soft_decline"
_HARD: DeclineType = "hard_decline"

ERROR_CODES: dict[str, ErrorCode] = {
    "insufficient_funds": ErrorCode(
        _SOFT, "retry_later", "The account lacks the funds for this amount.", "Your card has insufficient funds."
    ),
    "expired_card": ErrorCode(
        _SOFT, "change_payment_method", "The card is past its expiry date.", "Your card has expired."
    ),
    "invalid_card_details": ErrorCode(
        _SOFT, "change_payment_method", "The card details are not valid.", "Please check your card details."
    ),
    "authentication_failed": ErrorCode(
        _SOFT, "authenticate", "The customer was not authenticated.", "We could not verify that it was you."
    ),
    "generic_processor_error": ErrorCode(_SOFT, "retry", "The processor reported an error of its own.", _AGAIN),
    "fraud_suspected": ErrorCode(_HARD, "change_payment_method", "The payment looks fraudulent.", _DECLINED),
    "card_restricted": ErrorCode(_HARD, "change_payment_method", "The card may not be used here.", _DECLINED),
    "generic_hard_decline": ErrorCode(_HARD, "change_payment_method", "Declined for good, no reason given.", _DECLINED),
    "generic_soft_decline": ErrorCode(_SOFT, "retry", "Declined for now, no reason given.", _DECLINED),
    "processor_unavailable": ErrorCode(_SOFT, "retry", "The processor could not be reached.", _AGAIN),
    "processor_timeout": ErrorCode(_SOFT, "retry", "The processor did not answer in time.", _AGAIN),
    "lost_card": ErrorCode(_HARD, "change_payment_method", "The card was reported lost.", _DECLINED),
    "stolen_card": ErrorCode(_HARD, "change_payment_method", "The card was reported stolen.", _DECLINED),
    "limit_exceeded": ErrorCode(
        _SOFT, "retry_later", "The card is over its limit.", "Your card is over its limit. Please try again later."
    ),
    "customer_restricted": ErrorCode(_HARD, "change_payment_method", "The customer is restricted.", _DECLINED),
    "customer_blacklisted": ErrorCode(_HARD, "change_payment_method", "The customer is blacklisted.", _DECLINED),
}

# What each processor calls it: (code, message). A code that is missing here was never the processor's to say.
_DIALECTS: dict[Integration, dict[str, tuple[str, str]]] = {
    "stripe": {
        "insufficient_funds": ("insufficient_funds", "Your card has insufficient funds."),
        "expired_card": ("expired_card", "Your card has expired."),
        "invalid_card_details": ("incorrect_number", "Your card number is incorrect."),
        "authentication_failed": ("authentication_required", "The provided payment method failed authentication."),
        "generic_processor_error": ("processing_error", "An error occurred while processing your card."),
        "fraud_suspected": ("fraudulent", "Your card was declined."),
        "card_restricted": ("restricted_card", "Your card was declined."),
        "generic_hard_decline": ("do_not_honor", "Your card was declined."),
        "generic_soft_decline": ("generic_decline", "Your card was declined."),
        "lost_card": ("lost_card", "Your card was declined."),
        "stolen_card": ("stolen_card", "Your card was declined."),
        "limit_exceeded": ("card_velocity_exceeded", "Your card was declined for exceeding its limit."),
    },
    "adyen": {
        "insufficient_funds": ("12", "Not enough balance"),
        "expired_card": ("6", "Expired Card"),
        "invalid_card_details": ("8", "Invalid Card Number"),
        "authentication_failed": ("11", "3D Not Authenticated"),
        "generic_processor_error": ("4", "Acquirer Error"),
        "fraud_suspected": ("20", "FRAUD"),
        "card_restricted": ("25", "Restricted Card"),
        "generic_hard_decline": ("2", "Refused"),
        "generic_soft_decline": ("27", "Declined Non Generic"),
        "lost_card": ("5", "Blocked Card"),
        "stolen_card": ("5", "Blocked Card"),
        "limit_exceeded": ("28", "Withdrawal amount exceeded"),
    },
    "checkout": {
        "insufficient_funds": ("20051", "Insufficient funds"),
        "expired_card": ("30033", "Expired card - Pick up"),
        "invalid_card_details": ("20014", "Invalid account number (no such number)"),
        "authentication_failed": ("20150", "Card not 3D Secure enabled"),
        "generic_processor_error": ("20096", "System malfunction"),
        "fraud_suspected": ("20059", "Suspected fraud"),
        "card_restricted": ("20062", "Restricted card"),
        "generic_hard_decline": ("20057", "Transaction not permitted to cardholder"),
        "generic_soft_decline": ("20005", "Declined - Do not honour"),
        "lost_card": ("30041", "Lost card - Pick up"),
        "stolen_card": ("30043", "Stolen card - Pick up"),
        "limit_exceeded": ("20061", "Activity amount limit exceeded"),
    },
    "paypal": {
        "insufficient_funds": ("INSTRUMENT_DECLINED", "The funding instrument was declined."),
        "generic_processor_error": ("INTERNAL_SERVER_ERROR", "An internal server error has occurred."),
        "fraud_suspected": ("TRANSACTION_REFUSED", "The request was refused."),
        "generic_hard_decline": ("TRANSACTION_REFUSED", "The request was refused."),
        "generic_soft_decline": ("INSTRUMENT_DECLINED", "The funding instrument was declined."),
        "limit_exceeded": ("TRANSACTION_LIMIT_EXCEEDED", "Total payment amount exceeded transaction limit."),
    },
}


def failure(declined: Declined, integration: Integration | None) -> TransactionOutcome:
    """The outcome of a transaction that failed for the reason given, in the integration's words where it has some."""
    known = ERROR_CODES[declined.code]
    kind = declined.type or known.type
    code, message = _DIALECTS.get(integration, {}).get(declined.code, (None, None)) if integration else (None, None)
    return TransactionOutcome(
        status="failure",
        error_code=declined.code,
        error_message=known.message,
        safe_error_message=known.safe_message,
        decline_type=kind,
        retry_strategy=known.strategy if kind == known.type else _other_strategy(kind),
        processor_code=declined.processor_code or code,
        processor_message=declined.processor_message or message,
    )


def _other_strategy(kind: DeclineType) -> RetryStrategy:
    return "change_payment_method" if kind == _HARD else "retry"
