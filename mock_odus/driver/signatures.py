"""The signature of a webhook, as its receiver checks it."""

from __future__ import annotations

import hmac

__tracebackhide__ = True


def is_genuine(secret: str, body: bytes, signature: str | None) -> bool:
    """Whether a webhook's signature is that of its raw body: HMAC-SHA256 with the subscriber's secret, in hex.

    Example: `is_genuine(secret, request.body, request.headers.get("x-odus-signature"))`
    """
    expected = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), (signature or "").encode())
