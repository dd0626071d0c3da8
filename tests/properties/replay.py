"""Prints the digest and all bodies of one history, for a test that starts this in a process of its own."""

import json
import sys

from tests.properties.conftest import Mock, history


def subscribe(account):
    """Subscribers whose renewals are refused by chance, billed together."""
    account.post(
        "/_mock/rules", {"when": {"offSessionType": "recurring"}, "chance": "40%", "then": "insufficient_funds"}
    )
    config = account.get("/merchant-configs")["data"][0]
    account.post(f"/merchant-configs/{config['id']}", {"enableRecurringPaymentBundling": True})
    plans = [account.plan(amount) for amount in (900, 1900)]
    return [account.subscribe(plan) for plan in (*plans, plans[0])], plans


def billed(account):
    """A year of subscribers, told by the bodies of all answers."""
    seen = []

    def told(method, target, body=None):
        answer = account(method, target, body)
        seen.append(answer.raw)
        return answer.json

    (first, second, third), (_, dear) = subscribe(account)
    account.advance("40 days")
    preview = told("POST", f"/subscriptions/{first['id']}/preview", {"price": dear})
    told("POST", f"/subscriptions/{first['id']}/apply-preview", {"preview": preview.get("id", "prv_none")})
    told("POST", f"/subscriptions/{second['id']}/cancel")
    account.advance("100 days")
    told("POST", f"/subscriptions/{second['id']}/resume")
    latest = told("GET", f"/subscriptions/{third['id']}")["latestInvoice"]
    for verb in ("pay", "void"):
        told("POST", f"/invoices/{latest}/{verb}")
    account.advance("225 days")
    for resource in ("subscriptions", "invoices", "payments", "retry-policies"):
        told("GET", f"/{resource}?pageSize=100")
    for journal in ("events", "attempts", "jobs"):
        told("GET", f"/_mock/journal/{journal}?pageSize=100")
    for own in ("timeline", "digest"):
        told("GET", f"/_mock/{own}")
    return seen


def main() -> None:
    account = Mock().open(name="replay", seed=7)
    bodies = [raw.decode() for raw in (*history(account), *billed(account))]
    sys.stdout.write(json.dumps({"digest": account.digest, "bodies": bodies}))


if __name__ == "__main__":
    main()
