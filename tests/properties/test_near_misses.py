"""Whatever is sent to any route is understood or refused: never a fault of ours, and what is refused has no effect."""

import asyncio
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.conftest import Mock, typed
from tests.properties.near_misses import Bodies
from tests.properties.test_isolation import ROUTES, Acts

LONG = settings(
    max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
FORMS = ["/challenge/{sandbox}/{token}", "/shop/{sandbox}", "/shop/{sandbox}/account", "/shop/{sandbox}/panel"]
LEFT_OUT = {
    "POST /_mock/deliveries/hold",  # sets free what only an event loop can post
    "POST /_mock/snapshots/{name}/restore",  # takes no body
}
SENT_TO = [
    route for route in ROUTES if route[:3] in ("POS", "PUT") and route.split()[1] not in FORMS and route not in LEFT_OUT
]
ADVANCE = "POST /_mock/clock/advance"
MOST_STEPS = 20
UNDERSTOOD = {200, 201}
REFUSED = {400, 401, 404, 409, 413}


class Fuzzed:
    """A sandbox in which everything can be acted on, again and again as it was."""

    def __init__(self):
        self.mock = Mock()
        self.origin = self.mock.open(seed=7)
        self.acts = Acts(self.origin, typed)
        self.origin.post("/_mock/snapshots", {"name": "here"})
        documents = [self.origin.get(path) for path in ("/openapi.json", "/_mock/openapi.json")]
        names = [*self.acts.names.values(), *self.acts.ids.values()]
        self.bodies = {
            f"{method.upper()} {re.sub('{[^}]+}', '{}', path)}": (Bodies(document, names), operation["requestBody"])
            for document in documents
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
            if "requestBody" in operation
        }
        self.account = None
        self.fresh()

    def fresh(self):
        """Another copy, in place of one that has changed."""
        if self.account:
            self.account("DELETE", f"/_mock/sandboxes/{self.account.name}")
        self.account = self.mock.open(origin=f"{self.origin.name}/here")
        self.account.post("/_mock/deliveries/hold", {"held": True})
        self.account.post("/_mock/snapshots", {"name": "mine"})
        self.digest = self.account.digest

    def draw(self, route):
        """Bodies for a route."""
        method, path = route.split()
        bodies, body = self.bodies[f"{method} {re.sub('{[^}]+}', '{}', path)}"]
        drawn = bodies.of(body["content"]["application/json"]["schema"], self.acts.body(method, path))
        return drawn.map(_brief) if route == ADVANCE else drawn

    def send(self, route, raw, **headers):
        """Asserts that the body is understood, or refused and then without effect."""
        method, path = route.split()
        target = self.acts.target(path).replace(self.origin.name, self.account.name)
        answer = self.account(method, target, raw, **headers)
        if answer.status in UNDERSTOOD:
            self.fresh()
            return answer
        assert answer.status in REFUSED, (answer.status, raw)
        told = answer.json
        assert {"statusCode", "message", "error"} == set(told)
        assert told["message"]
        assert self.digest == self.account.digest, f"{route} refused {raw!r}, and something has changed"
        return answer


def _brief(raw):
    """Thousands of years are not lived through."""
    try:
        told = json.loads(raw)
        return json.dumps({"maxSteps": MOST_STEPS} | told).encode() if told.get("maxSteps", 0) != 1_000_000 else raw
    except (ValueError, AttributeError, TypeError, RecursionError):
        return raw


def beside_a_loop(check):
    """Runs it where tasks can be made, which never run: what would be posted is not."""

    async def run():
        check()

    asyncio.run(run())


@pytest.fixture(scope="module")
def fuzzed():
    return Fuzzed()


@pytest.mark.fuzz
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of posts that were begun and never run
@pytest.mark.parametrize("route", SENT_TO)
def test_a_body_is_understood_or_refused(fuzzed, route):
    """Nearly right, by its schema, or anything: a 2xx, or a 4xx with words and without effect."""

    @LONG
    @given(raw=fuzzed.draw(route))
    def check(raw):
        fuzzed.send(route, raw)

    beside_a_loop(check)


FORM = st.one_of(
    st.binary(max_size=60),
    st.dictionaries(
        st.sampled_from(["result", "code", "price", "do", "subscription", "by", "payment", "x"]),
        st.sampled_from(["passed", "1234", "cancel", "resume", "1 day", "-1 day", "", "%00", "9" * 400])
        | st.text(max_size=9),
        max_size=3,
    ).map(lambda form: "&".join(f"{key}={value}" for key, value in form.items()).encode("utf-8", "surrogatepass")),
)


@pytest.mark.fuzz
@pytest.mark.parametrize("path", FORMS)
def test_a_form_is_understood_or_refused(fuzzed, path):
    """Pages that people fill in answer with a page; 502 is the shop's word for what the API has refused."""
    target = fuzzed.acts.target(path).replace(fuzzed.origin.name, fuzzed.account.name)

    @LONG
    @given(raw=FORM)
    def check(raw):
        answer = fuzzed.account("POST", target, raw, **{"content-type": "application/x-www-form-urlencoded"})
        assert answer.status in {200, 201, 303, 400, 404, 409, 502}, (answer.status, raw)

    beside_a_loop(check)
    fuzzed.fresh()
