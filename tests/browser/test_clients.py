"""docs/clients.md: what is generated from both OpenAPI documents compiles, and pays."""

import re
from datetime import datetime

import pytest

from tests.browser.conftest import PACKAGES
from tests.pages import blocks

COMPILE = ["--strict", "--noEmitOnError", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]
CHECK = ["-m", "mypy", "--strict", "--follow-imports", "silent"]  # what is generated answers for itself
PAID = {"displayStatus": "partially_reversed", "amountCaptured": 3000, "amountReversed": 1000}
LINES = [line for block in blocks("clients.md", "sh") for line in block.splitlines()]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def generated(workshop):
    """What each command of the page said, but for those that install."""
    return {line: workshop.run("sh", "-euc", f"{line} 2>&1") for line in LINES if " install " not in line}


@pytest.fixture
def example(workshop, account, generated):
    """Writes the page's example in a language to a file, for a sandbox of this test."""

    def write(language, name):
        (text,) = blocks("clients.md", language)
        assert (1, 1) <= (text.count("http://127.0.0.1:4010"), text.count("skey_mock"))
        told = text.replace("http://127.0.0.1:4010", account.url).replace("skey_mock", account.secret_key)
        (workshop.folder / name).write_text(told)

    return write


def at(instant):
    """An instant as Python prints it."""
    return str(datetime.fromisoformat(instant))


def paid(account):
    """What the one payment of the sandbox came to."""
    (payment,) = account.payments.list()
    return {name: payment[name] for name in PAID}


def test_a_client_in_typescript_compiles_and_pays(workshop, account, example):
    """The page's example is strictly typed, captures a part, moves the clock by a day and gives a part back."""
    example("ts", "pay.ts")
    before = account.now

    workshop.run("tsc", *COMPILE, "pay.ts")
    said = workshop.run("node", "pay.js")

    assert PAID == paid(account)
    assert f"partially_reversed, {before} to {account.now}\n" == said


def test_a_wrong_call_in_typescript_does_not_compile(workshop, generated):
    """An amount as text and a path that is not there are found by the compiler, so the types say something."""
    (workshop.folder / "wrong.ts").write_text("""
        import createClient from "openapi-fetch";
        import type { paths } from "./odus";
        const odus = createClient<paths>();
        await odus.POST("/payments", { body: { amount: "5000", currency: "usd" } });
        await odus.POST("/payment", { body: { amount: 5000, currency: "usd" } });
    """)
    compiling = workshop.start("tsc", *COMPILE, "wrong.ts")
    said, _ = compiling.communicate()

    assert ["wrong.ts(5,", "wrong.ts(6,"] == re.findall(r"^wrong\.ts\(\d,", said, re.MULTILINE)


def test_a_client_in_python_is_typed_and_pays(workshop, account, example):
    """The page's example passes mypy, captures a part, moves the clock by a day and gives a part back."""
    example("python", "pay.py")
    before = account.now

    workshop.run("python", *CHECK, "pay.py")
    said = workshop.run("python", "pay.py")

    assert PAID == paid(account)
    assert f"partially_reversed, {at(before)} to {at(account.now)}\n" == said


def test_the_python_generator_leaves_out_nothing_but_yaml(generated):
    """It warns of scenarios as YAML, which it cannot send, and of nothing else."""
    said = [text for line, text in generated.items() if line.startswith("openapi-python-client")]

    about_yaml = [text.count("Unsupported content type application/yaml") for text in said]
    assert [False, True] == [count > 0 for count in about_yaml]
    assert about_yaml == [text.count("WARNING") for text in said]


def test_the_packages_of_the_page_are_those_of_the_tests():
    """What the page tells to install by npm is what was tried here."""
    told = {word for line in LINES if line.startswith("npm install") for word in line.split()[2:] if word[:2] != "--"}

    assert 3 == len(told)
    assert set() == told - {*PACKAGES, *(package.rpartition("@")[0] for package in PACKAGES)}
