"""The page on webhooks: its examples do what the mock does. `tests/browser/` runs those in other languages."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

from mock_odus import assumptions
from mock_odus.engine import envelopes
from mock_odus.engine.bodies import EventType
from mock_odus.engine.periods import duration

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
SECRET = "whsec_2r8wKdDPAzqHXnNbhLVCfgMXyzT"
BODY = '{"eventType":"customer.updated","data":{"name":"Zoë \\"Q\\" O\'Hara"}}'.encode()
GENUINE = envelopes.signature(SECRET, BODY)
FORGED = hashlib.sha256(BODY).hexdigest()


def block(language):
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found


def test_the_signature_is_checked_in_python():
    """The genuine one is, one that fits another secret is not."""
    space = {}
    exec(block("python"), space)

    assert [True, False] == [space["is_genuine"](SECRET, BODY, one) for one in (GENUINE, FORGED)]


def test_the_envelope_has_the_fields_that_are_shown(api):
    """In their order."""
    api.made("/webhook-subscribers", {"url": "http://127.0.0.1:9/", "events": ["*"]})
    api.made("/_mock/deliveries/hold", {"held": True})
    api.payment()
    (held,) = api.get("/_mock/deliveries/held").json

    assert list(json.loads(block("json"))) == list(json.loads(held["body"]))


def test_the_delays_are_those_in_force():
    """The words of the page are the values of the assumptions."""
    told = ["5 seconds", "5 minutes", "30 minutes", "2 hours", "5 hours", "10 hours", "24 hours"]

    assert "after 5 seconds, 5 and 30 minutes, 2, 5,\n10 and 24 hours" in PAGE
    assert tuple(map(duration, told)) == assumptions.load().for_engine().webhook_delays


def test_the_events_that_the_example_names_exist(api):
    """The curl of the page makes a subscriber, and answers its secret."""
    command = block("sh").replace("http://127.0.0.1:4010", api.url).replace("skey_mock", api.key)
    told = json.loads(subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout)

    assert set(told["events"]) <= set(EventType.__args__)
    assert told["secret"].startswith("whsec_")
