"""Every route of the Odus API, asked with every kind of key, held against a table that is written by hand."""

import re

import pytest

from mock_odus.app import create_app
from mock_odus.engine.permissions import ALL
from tests.conftest import accounts

# Every key but a secret one and those of sessions is refused, unless it is named at the end.
TABLE = """
    GET     /payments                           PAYMENT_READ
    POST    /payments                           PAYMENT_CREATE
    GET     /payments/{id}                      PAYMENT_READ            publishableKey checkoutKey
    POST    /payments/{id}                      PAYMENT_UPDATE
    POST    /payments/{id}/authorize            PAYMENT_AUTHORIZE       checkoutKey
    POST    /payments/{id}/capture              PAYMENT_CAPTURE
    POST    /payments/{id}/reverse              PAYMENT_REVERSE
    POST    /payments/{id}/cancel               PAYMENT_CANCEL
    POST    /payments/{id}/record-chargeback    PAYMENT_CHARGEBACK
    GET     /transactions                       TRANSACTION_READ
    GET     /transactions/{id}                  TRANSACTION_READ
    GET     /customers                          CUSTOMER_READ
    POST    /customers                          CUSTOMER_UPDATE
    GET     /customers/{id}                     CUSTOMER_READ
    POST    /customers/{id}                     CUSTOMER_UPDATE
    DELETE  /customers/{id}                     CUSTOMER_DELETE
    POST    /customers/{id}/restrictions        CUSTOMER_UPDATE
    GET     /payment-methods                    PAYMENT_METHOD_READ
    GET     /payment-methods/{id}               PAYMENT_METHOD_READ
    POST    /payment-methods/{id}               PAYMENT_METHOD_UPDATE
    DELETE  /payment-methods/{id}               PAYMENT_METHOD_DELETE
    GET     /blacklist                          BLACKLIST_READ
    POST    /blacklist                          BLACKLIST_CREATE
    GET     /blacklist/{id}                     BLACKLIST_READ
    DELETE  /blacklist/{id}                     BLACKLIST_DELETE
    GET     /products                           PRODUCT_READ            publishableKey
    POST    /products                           PRODUCT_CREATE
    GET     /products/{id}                      PRODUCT_READ            publishableKey
    POST    /products/{id}                      PRODUCT_UPDATE
    DELETE  /products/{id}                      PRODUCT_DELETE
    GET     /prices                             PRICE_READ              publishableKey
    POST    /prices                             PRICE_CREATE
    GET     /prices/{id}                        PRICE_READ              publishableKey
    POST    /prices/{id}                        PRICE_UPDATE
    DELETE  /prices/{id}                        PRICE_DELETE
    GET     /gateway-profiles                   GATEWAY_PROFILE_READ
    POST    /gateway-profiles                   GATEWAY_PROFILE_CREATE
    GET     /gateway-profiles/{id}              GATEWAY_PROFILE_READ
    POST    /gateway-profiles/{id}              GATEWAY_PROFILE_UPDATE
    DELETE  /gateway-profiles/{id}              GATEWAY_PROFILE_DELETE
    GET     /cascades                           CASCADE_READ
    POST    /cascades                           CASCADE_CREATE
    GET     /cascades/{id}                      CASCADE_READ
    POST    /cascades/{id}                      CASCADE_UPDATE
    DELETE  /cascades/{id}                      CASCADE_DELETE
    GET     /subscriptions                      SUBSCRIPTION_READ
    GET     /subscriptions/{id}                 SUBSCRIPTION_READ
    POST    /subscriptions/{id}                 SUBSCRIPTION_UPDATE
    POST    /subscriptions/{id}/cancel          SUBSCRIPTION_UPDATE
    POST    /subscriptions/{id}/resume          SUBSCRIPTION_UPDATE
    POST    /subscriptions/{id}/preview         SUBSCRIPTION_UPDATE
    POST    /subscriptions/{id}/apply-preview   SUBSCRIPTION_UPDATE
    GET     /invoices                           INVOICE_READ
    GET     /invoices/{id}                      INVOICE_READ
    POST    /invoices/{id}                      INVOICE_UPDATE
    POST    /invoices/{id}/pay                  INVOICE_UPDATE
    POST    /invoices/{id}/void                 INVOICE_UPDATE
    GET     /retry-policies                     RETRY_POLICY_READ
    POST    /retry-policies                     RETRY_POLICY_CREATE
    GET     /retry-policies/default             RETRY_POLICY_READ
    GET     /retry-policies/{id}                RETRY_POLICY_READ
    POST    /retry-policies/{id}                RETRY_POLICY_UPDATE
    DELETE  /retry-policies/{id}                RETRY_POLICY_DELETE
    GET     /webhook-subscribers                WEBHOOK_SUBSCRIBER_READ
    POST    /webhook-subscribers                WEBHOOK_SUBSCRIBER_CREATE
    GET     /webhook-subscribers/{id}           WEBHOOK_SUBSCRIBER_READ
    POST    /webhook-subscribers/{id}           WEBHOOK_SUBSCRIBER_UPDATE
    DELETE  /webhook-subscribers/{id}           WEBHOOK_SUBSCRIBER_DELETE
    GET     /merchant-configs                   MERCHANT_CONFIG_READ
    GET     /merchant-configs/{id}              MERCHANT_CONFIG_READ
    POST    /merchant-configs/{id}              MERCHANT_CONFIG_UPDATE
    GET     /secret-keys                        SECRET_KEY_READ
    POST    /secret-keys                        SECRET_KEY_CREATE
    GET     /secret-keys/{id}                   SECRET_KEY_READ
    POST    /secret-keys/{id}                   SECRET_KEY_UPDATE
    DELETE  /secret-keys/{id}                   SECRET_KEY_DELETE
    POST    /secret-keys/{id}/rotate            SECRET_KEY_UPDATE
    GET     /publishable-keys                   PUBLISHABLE_KEY_READ
    POST    /publishable-keys                   PUBLISHABLE_KEY_CREATE
    GET     /publishable-keys/{id}              PUBLISHABLE_KEY_READ
    POST    /publishable-keys/{id}              PUBLISHABLE_KEY_UPDATE
    DELETE  /publishable-keys/{id}              PUBLISHABLE_KEY_DELETE
    GET     /users                              USER_READ
    POST    /users                              USER_CREATE
    GET     /users/{id}                         USER_READ
    POST    /users/{id}                         USER_UPDATE
    DELETE  /users/{id}                         USER_DELETE
    GET     /request-logs                       REQUEST_LOG_READ
    GET     /request-logs/{id}                  REQUEST_LOG_READ
"""
ALLOWED = {
    f"{method} {path}": (permission, kinds)
    for method, path, permission, *kinds in map(str.split, TABLE.strip().splitlines())
}
OPEN = {"GET /openapi.json"}  # takes no key: it tells nothing of anybody
DECLARED = {
    f"{method} {path}"
    for path, methods in create_app().branches.paths.items()
    if not path.startswith(("/_mock", "/challenge", "/dashboard", "/sdk", "/shop"))
    for method in methods
    if method != "HEAD"
} - OPEN
ON_RECORDS = [route for route in sorted(DECLARED) if "{id}" in route]
ROLES = {
    "admin": lambda permission: True,
    "developer": lambda permission: not permission.startswith("USER_"),
    "supportAgent": lambda permission: permission in ("PAYMENT_READ", "CUSTOMER_READ", "SUBSCRIPTION_READ"),
}
UNKNOWN = "x_000000000000000000000000000"


class Door:
    """A sandbox with a record of every kind, and requests to it that would change nothing if they were let in."""

    def __init__(self, api):
        self.api, self.line = api, api.with_key(None)
        declined = api.paid("4000000000000002")
        api.made("/blacklist", {"email": "nobody@example.com"})
        api.subscribed()
        api.made("/webhook-subscribers", {"url": "https://shop.example/hooks", "events": ["customer.deleted"]})
        self.ids = {"/payments": declined["id"]}
        self.checkout_key = declined["checkoutKey"]
        self.publishable_key = api.made("/publishable-keys")["value"]
        self.secret_key("SECRET_KEY_READ")
        self.user = {"email": "alice@example.com", "password": "Str0ng#Pass", "role": "supportAgent"}
        self.ids["/users"] = api.made("/users", self.user)["id"]

    def session(self):
        """The key of a session of the user, whose role may be changed."""
        return self.api.made("/_mock/sessions", {name: self.user[name] for name in ("email", "password")})["key"]

    def id(self, route):
        """The id of a record of the route's resource."""
        path = "/" + route.split("/")[1]
        if path not in self.ids:
            self.ids[path] = self.api.get(path).json["data"][0]["id"]
        return self.ids[path]

    def secret_key(self, *permissions):
        return self.api.made("/secret-keys", {"permissions": permissions})["value"]

    def ask(self, route, header, id=None, **options):
        """Asks with that Authorization header; a body has a field that no route knows."""
        method, path = route.split()
        options = {"body": {"nonsense": 1} if method == "POST" else None, "headers": {}} | options
        headers = options.pop("headers") | ({} if header is None else {"Authorization": header})
        return self.line(method, path.replace("{id}", id or UNKNOWN), headers=headers, **options)

    def let_in(self, route, key):
        """Whether the request came to where its body, or the id in its path, is judged."""
        method = route.split()[0]
        answer = self.ask(route, f"Bearer {key}", UNKNOWN if method == "DELETE" else self.id(route))
        if method == "POST":
            return 400 == answer.status and answer.problems[0].startswith("nonsense is not a known field")
        return {"GET": 200, "DELETE": 404}[method] == answer.status


@pytest.fixture(scope="module")
def door(server):
    """One for all tests: nobody changes more of it than keys, and the role of the user who logs in."""
    with accounts(server) as make:
        yield Door(make())


def others_than(permission):
    return [one for one in ALL if one != permission]


def test_every_route_has_its_row():
    """A new route without a row in the table fails, and so does a row without a route."""
    assert set(ALLOWED) == DECLARED


def test_every_permission_of_the_table_exists():
    """And is named after the resource that it opens."""
    for route, (permission, _) in ALLOWED.items():
        noun = re.sub(r"IE\Z", "Y", re.sub(r"S\Z", "", route.split("/")[1].upper().replace("-", "_")))
        assert permission in ALL
        assert permission.startswith(f"{noun}_")


@pytest.mark.parametrize("route", sorted(DECLARED))
def test_a_stranger_is_a_401(door, route):
    """Without a key, with an unknown, a revoked, a rotated and a malformed one no route answers anything else."""
    api, all_of_it = door.api, {"permissions": list(ALL)}
    revoked, rotated = api.made("/secret-keys", all_of_it), api.made("/secret-keys", all_of_it)
    dropped = api.made("/publishable-keys")
    api.delete(f"/secret-keys/{revoked['id']}")
    api.delete(f"/publishable-keys/{dropped['id']}")
    api.made(f"/secret-keys/{rotated['id']}/rotate")
    keys = [
        *(revoked["value"], rotated["value"], dropped["value"]),
        *(f"{api.key}x", f"{api.key}_x", f"{api.publishable_key}x", f"{api.publishable_key}_x"),
        *("skey_nobody", "pk_nobody", "ckey_nobody_x", "pay", door.checkout_key[:-1], f"{door.checkout_key}0"),
    ]
    malformed = [None, "", "Bearer", "Bearer ", api.key, "Basic abc", f"Token {api.key}", f"Bearer {api.key} x"]

    for header in [*(f"Bearer {key}" for key in keys), *malformed, "Bearer sk\xe9y"]:
        answer = door.ask(route, header, door.id(route))
        assert (401, "Unauthorized") == (answer.status, answer.json["error"]), header


@pytest.mark.parametrize("route", sorted(DECLARED))
def test_a_missing_permission_is_a_403_that_names_it(door, route):
    """A key with every other permission is refused and told which one it lacks; that one alone is enough."""
    permission, _ = ALLOWED[route]
    refused = door.ask(route, f"Bearer {door.secret_key(*others_than(permission))}", door.id(route))

    assert (403, "Forbidden") == (refused.status, refused.json["error"])
    assert f"this key lacks the permission {permission}" == refused.json["message"]
    assert door.let_in(route, door.secret_key(permission))
    assert door.let_in(route, door.api.key)


@pytest.mark.parametrize("kind", ["publishableKey", "checkoutKey"])
@pytest.mark.parametrize("route", sorted(DECLARED))
def test_a_browsers_key_does_what_the_table_says(door, route, kind):
    """All else is a 403 that names the kind of the key and the permission that a secret key would need."""
    permission, kinds = ALLOWED[route]
    made, own = {
        "publishableKey": (door.publishable_key, door.api.publishable_key),
        "checkoutKey": (door.checkout_key, door.checkout_key),
    }[kind]

    for key in (made, own):
        if kind in kinds:
            assert door.let_in(route, key)
        else:
            answer = door.ask(route, f"Bearer {key}", door.id(route))
            wanted = f"a {kind} may not do this: it takes a secretKey with permission {permission}"
            assert (403, wanted) == (answer.status, answer.json["message"])


@pytest.mark.parametrize("route", sorted(DECLARED))
def test_a_session_does_what_the_role_may(door, route):
    """An admin all, a developer all but users, a support agent reads three things; what a role may not, is named."""
    permission, _ = ALLOWED[route]
    key = door.session()

    for role, may in ROLES.items():
        door.api.made(f"/users/{door.ids['/users']}", {"role": role})
        if may(permission):
            assert door.let_in(route, key), role
        else:
            for id in (door.id(route), UNKNOWN):
                answer = door.ask(route, f"Bearer {key}", id)
                assert (403, f"a {role} lacks the permission {permission}") == (answer.status, answer.json["message"])


@pytest.mark.parametrize("route", sorted(DECLARED))
def test_a_refusal_looks_at_nothing_else(door, route):
    """Neither at the body nor for the record: whoever may not ask does not learn which ids exist."""
    permission, kinds = ALLOWED[route]
    weak = door.secret_key(*others_than(permission))
    keys = {"publishableKey": door.publishable_key, "checkoutKey": door.api.payment()["checkoutKey"]}
    refused = [None, "Bearer skey_nobody", f"Bearer {weak}"]
    refused += [f"Bearer {key}" for kind, key in keys.items() if kind == "checkoutKey" or kind not in kinds]

    for header in refused:
        told = {
            (answer.status, answer.raw)
            for answer in (
                door.ask(route, header, door.id(route)),
                door.ask(route, header, UNKNOWN),
                door.ask(route, header, UNKNOWN, raw=b"{", body=None),
                door.ask(route, header, UNKNOWN, raw=b"a=b", body=None, headers={"Content-Type": "text/plain"}),
            )
        }
        assert 1 == len(told), told
        assert told.pop()[0] in (401, 403)


@pytest.mark.parametrize("route", ON_RECORDS)
def test_another_sandbox_has_no_such_record(door, account, route):
    """The key of another sandbox, whatever it may do there, does not find the record."""
    other = account(scenario=None, seed=99)

    for key in (other.key, other.made("/secret-keys", {"permissions": [ALLOWED[route][0]]})["value"]):
        answer = door.ask(route, f"Bearer {key}", door.id(route))
        assert 404 == answer.status, answer.text
