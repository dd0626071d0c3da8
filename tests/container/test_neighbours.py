"""Two containers on a network: an application that finds the mock by its name, and is found by its own."""

import json
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SHOP = Path(__file__).parent / "shop.py"
RETURN_URL = "https://shop.example/thanks?order=7"

pytestmark = pytest.mark.container


class Neighbour:
    """The shop in its container, asked by its published port as a browser would."""

    def __init__(self, netloc):
        self.netloc = netloc

    def get(self, path):
        return json.loads(visit(self.netloc, "GET", path)[2])

    def post(self, path, body):
        return json.loads(visit(self.netloc, "POST", path, json.dumps(body))[2])


def visit(netloc, method, path, body=None, kind="application/json"):
    """Status, `Location` and text of an answer; redirects are not followed."""
    line = HTTPConnection(netloc, timeout=10)
    line.request(method, path, body, {"Content-Type": kind})
    answer = line.getresponse()
    text = answer.read().decode()
    line.close()
    return answer.status, answer.headers["Location"], text


@pytest.fixture
def public(free_port):
    """Where browsers reach the mock."""
    return f"http://localhost:{free_port}"


@pytest.fixture
def shop(free_port, open_network, public, run):
    """The shop, beside a mock that is published on a port known beforehand."""
    joined = ["--network", open_network, "--network-alias"]
    told = ["--env", f"MOCK_ODUS_PUBLIC_URL={public}", "--publish", f"127.0.0.1:{free_port}:4010"]
    run(*joined, "odus", *told)
    container = run(
        *joined, "shop", "--publish", "127.0.0.1::8000", "--volume", f"{SHOP}:/shop.py:ro", "--entrypoint", "python",
        "--env", "ODUS_BASE_URL=http://odus:4010", "--env", "ODUS_SECRET_KEY=skey_mock",
        command=["/shop.py"], port=8000, ready="shop ready", asks="/told",
    )  # fmt: skip
    return Neighbour(urlsplit(container.url).netloc)


def test_an_app_sells_a_plan_and_hears_of_its_renewal(public, shop):
    """By names of services: a payment, its challenge in a browser, a renewal a month later, a webhook of each event."""
    waiting = shop.post("/buy", {"returnUrl": RETURN_URL})
    link = waiting["action"]["redirectUrl"]

    assert "requires_action" == waiting["status"]
    assert link.startswith(f"{public}/challenge/mock/")
    where = urlsplit(link)
    status, _, page = visit(where.netloc, "GET", where.path)
    assert (200, True) == (status, "29.99 USD" in page)
    form = "application/x-www-form-urlencoded"
    status, back, _ = visit(where.netloc, "POST", where.path, "result=passed", form)
    assert (303, True) == (status, back.startswith(f"{RETURN_URL}&success=true"))
    assert "succeeded" == shop.get(f"/payments/{waiting['id']}")["status"]

    report = shop.post("/advance", {"until": "renewal"})

    told = shop.get("/told")
    assert {"failed": 0, "pending": 0} == {name: report["deliveries"][name] for name in ("failed", "pending")}
    assert {"payment": 2, "invoice": 2, "subscription": 1} == {
        kind: [event for event, _ in told].count(f"{kind}.created") for kind in ("payment", "invoice", "subscription")
    }
    assert [] == [event for event, genuine in told if not genuine]
