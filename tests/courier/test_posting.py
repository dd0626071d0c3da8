"""Where webhooks are posted to: this machine, private networks, and hosts that were named; nowhere else."""

import asyncio

import pytest

from mock_odus.courier.posting import Poster

FAR = "which is neither this machine nor a private network; start the mock with --webhook-allow"


def post(url, *allowed):
    """What comes of a post. A far address is never really connected to: port 1 of ours is closed."""

    async def run():
        poster = Poster(allowed)
        try:
            return await poster.post(url, b"{}", {})
        finally:
            await poster.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "8.8.8.8",
        "[2001:4860:4860::8888]",
        "0.0.0.0",
        "224.0.0.1",
        "100.64.0.1",
    ],
)
def test_other_machines_are_refused(host):
    """Link-local ones, where clouds tell credentials, however they are written; and everything public."""
    answer = post(f"http://{host}/hooks")

    assert (True, None) == (answer.is_refused, answer.status)
    assert FAR in answer.error


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost"])
def test_this_machine_is_not(host):
    """Nobody listens on that port, which is another thing."""
    answer = post(f"http://{host}:1/hooks")

    assert not answer.is_refused
    assert answer.error


def test_a_named_host_may_be_anywhere():
    """`--webhook-allow` names it as it stands in the URL, whatever its case."""
    assert not post("http://0.0.0.0:1/hooks", "0.0.0.0").is_refused
    assert not post("http://[::FFFF:0.0.0.0]:1/hooks", "[::ffff:0.0.0.0]").is_refused


def test_the_journal_says_why(api):
    """A refused delivery is told as such, and tried no more."""
    api.made("/webhook-subscribers", {"url": "http://169.254.169.254/latest", "events": ["*"]})
    api.payment()
    assert 0 == api.made("/_mock/deliveries/settle")["pending"]
    (entry,) = api.get("/_mock/journal/deliveries").json["data"]

    assert ("refused", None, 1) == (entry["status"], entry["responseStatus"], entry["attempt"])
    assert "--webhook-allow 169.254.169.254" in entry["error"]
