"""The signature of a webhook is checked in other languages as docs/webhooks.md shows. Needs Node and OpenSSL."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from mock_odus.engine import envelopes

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
SECRET = "whsec_2r8wKdDPAzqHXnNbhLVCfgMXyzT"
BODY = '{"eventType":"customer.updated","data":{"name":"Zoë \\"Q\\" O\'Hara"}}'.encode()
GENUINE = envelopes.signature(SECRET, BODY)
FORGED = envelopes.signature("whsec_another", BODY)

pytestmark = pytest.mark.browser


def block(language):
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert "" == done.stderr
    return done.stdout.strip()


def test_it_is_checked_in_node():
    """A genuine one is taken; one made with another secret is not, nor one of another length."""
    asked = ", ".join(f"isGenuine({json.dumps(SECRET)}, body, {json.dumps(one)})" for one in (GENUINE, FORGED, ""))
    body = f"const body = Buffer.from({json.dumps(BODY.hex())}, 'hex');"

    assert "[true,false,false]" == run("node", "-e", f"{block('js')}\n{body}\nconsole.log(JSON.stringify([{asked}]))")


def test_it_is_made_with_openssl(tmp_path):
    """The command prints the hex that stands in the header."""
    (tmp_path / "body.json").write_bytes(BODY)

    assert GENUINE == run("sh", "-c", f"cd {tmp_path}; SECRET={SECRET}; {block('bash')}")
