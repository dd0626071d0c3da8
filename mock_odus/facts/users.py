"""What Odus documents of the team (guides/dashboard/team-management)."""

from __future__ import annotations

from typing import Any

from mock_odus.facts.account import Account
from mock_odus.facts.fact import Chapter, holds, same

fact = Chapter("users")

PAGE = "guides/dashboard/team-management"
PASSWORD = "Str0ng#Pass"
SAMPLE = {"password": PASSWORD, "role": "developer", "firstName": "Alice", "lastName": "Smith"}


def _sample(odus: Account, **fields: str) -> dict[str, Any]:
    """The sampled body, under an address that nobody has."""
    return {"email": odus.email()} | SAMPLE | fields


def _log_in(odus: Account, role: str) -> str:
    """The key that a new user of a role uses at the dashboard."""
    body = _sample(odus, role=role)
    odus.post("/users", body)
    key: str = odus.post("/_mock/sessions", {"email": body["email"], "password": PASSWORD})["key"]
    return key


@fact("The sampled user is made, listed and found, and the password is never answered.", PAGE)
def sample(odus: Account) -> None:
    body = _sample(odus, username="alice")
    made = odus.post("/users", body)
    same(
        {name: body[name] for name in body if name != "password"},
        {name: made.get(name) for name in made if name in body},
    )
    same(made, odus.get(f"/users/{made['id']}"))
    holds(made in odus.records("/users?sortDirection=desc"), "it is not listed")
    holds(PASSWORD not in str(made), "the password is answered")


@fact("A user needs an email, a password and a role.", PAGE)
def required(odus: Account) -> None:
    for name in ("email", "password", "role"):
        odus.refuses("/users", {key: value for key, value in _sample(odus).items() if key != name})
    odus.post("/users", {"email": odus.email(), "password": PASSWORD, "role": "developer"})


@fact("A password has eight characters or more, upper and lower case, a digit and a special one.", PAGE)
def passwords(odus: Account) -> None:
    for password in ("Sh0rt#p", "str0ng#pass", "STR0NG#PASS", "Strong#Pass", "Str0ngPass1"):
        holds(password not in odus.refuses("/users", _sample(odus, password=password)), "it is repeated")


@fact("A username has 20 characters at most.", PAGE)
def usernames(odus: Account) -> None:
    name = odus.email()[:20].ljust(20, "x")
    same(name, odus.post("/users", _sample(odus, username=name))["username"])
    odus.refuses("/users", _sample(odus, username="x" * 21))


@fact("The roles are admin, developer and supportAgent.", PAGE)
def roles(odus: Account) -> None:
    for role in ("admin", "developer", "supportAgent"):
        same(role, odus.post("/users", _sample(odus, role=role))["role"])
    odus.refuses("/users", _sample(odus, role="owner"))


@fact("Only an admin manages users.", PAGE, needs="script")
def admins(odus: Account) -> None:
    admin, developer = _log_in(odus, "admin"), _log_in(odus, "developer")
    holds(odus("POST", "/users", _sample(odus), key=developer).is_refusal, "a developer makes one")
    holds(odus("GET", "/users", key=developer).is_refusal, "a developer lists them")
    holds(odus("POST", "/users", _sample(odus), key=admin).status < 300, "an admin makes none")


@fact("A developer does all else.", PAGE, needs="script")
def developers(odus: Account) -> None:
    key = _log_in(odus, "developer")
    for path, body in (
        ("/payments", {"amount": 5000, "currency": "usd"}),
        ("/products", {"name": "Pro Plan"}),
        ("/secret-keys", {"note": "shop", "permissions": ["PAYMENT_READ"]}),
    ):
        holds(odus("POST", path, body, key=key).status < 300, f"a developer may not POST {path}")


@fact("A support agent reads payments, customers and subscriptions, and nothing else.", PAGE, needs="script")
def support_agents(odus: Account) -> None:
    key, payment = _log_in(odus, "supportAgent"), odus.create()
    for path in ("/payments", "/customers", "/subscriptions"):
        same((path, 200), (path, odus("GET", path, key=key).status))
    for path in ("/products", "/secret-keys", "/users"):
        holds(odus("GET", path, key=key).is_refusal, f"a support agent may GET {path}")
    changed = odus("POST", f"/payments/{payment['id']}/reverse", {}, key=key)
    holds(changed.is_refusal, "a support agent changes a payment")
