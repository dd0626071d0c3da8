"""Every fact that Odus documents holds on the mock, and the table of them is in order."""

import re
import subprocess
import sys

import pytest

from mock_odus.facts import FACTS, verifying
from mock_odus.facts.verifying import OtherSide

PAGE = re.compile(r"https://docs\.odus\.com/docs/((guides|api|integrations|tags)/[a-z0-9*/-]+)?")


@pytest.fixture(scope="module")
def side(mock):
    """The mock, as the other side."""
    found = OtherSide(mock, "skey_mock", verifying.assumed(None)[0])
    yield found
    found.close()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_fact_holds(side, fact):
    """The check of each, asked in a sandbox of its own."""
    (found,) = verifying.facts(side, [fact])
    assert ("holds", "") == (found.verdict, found.detail)


def test_the_table_is_in_order():
    """Names are unique, a fact is one sentence, and each stands on pages of the documentation."""
    assert sorted({fact.name for fact in FACTS}) == sorted(fact.name for fact in FACTS)
    assert sorted({fact.sentence for fact in FACTS}) == sorted(fact.sentence for fact in FACTS)
    assert [] == [fact.name for fact in FACTS if not re.fullmatch(r"\S[^\n]*\.", fact.sentence)]
    assert [] == [url for fact in FACTS for url in fact.urls if not PAGE.fullmatch(url)]
    assert [] == [fact.name for fact in FACTS if not fact.urls]


def test_every_kind_of_need_is_there():
    """What another side can do decides what it is asked."""
    assert {"nothing", "test card", "clock", "script"} == {fact.needs for fact in FACTS}


def test_no_server_loads_the_facts():
    """They are for verifying: neither a server nor a test run with the plugin pays for them."""
    script = "import sys, mock_odus.app as app, mock_odus.pytest_plugin; app.create_app(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert "mock_odus.api.routes" in loaded
    assert [] == [name for name in loaded if name.startswith("mock_odus.facts")]
