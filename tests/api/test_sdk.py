"""The files of the checkout module as they are served, and what they may not hold."""

import gzip
import re

import pytest

from mock_odus.browser.sdk import FILES

TEXTS = {name: file.read_text() for name, file in FILES.items()}
SCRIPTS = {name: text for name, text in TEXTS.items() if name.endswith(".js")}
TYPES = {"js": "text/javascript", "css": "text/css", "html": "text/html", "ts": "application/typescript"}


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_served_with_its_type(api, name):
    """Without a key, to pages of every origin, and not sent again to who has it."""
    stranger = api.with_key(None)
    answer = stranger.get(f"/sdk/{name}", headers={"Origin": "https://shop.example"})

    assert (200, TEXTS[name]) == (answer.status, answer.text)
    assert f"{TYPES[name.rpartition('.')[2]]}; charset=utf-8" == answer.headers["content-type"]
    assert ["*"] == answer.headers.get_all("access-control-allow-origin")
    assert "cross-origin" == answer.headers["cross-origin-resource-policy"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    again = stranger.get(f"/sdk/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (304, b"") == (again.status, again.raw)
    assert "*" == again.headers["access-control-allow-origin"]


def test_the_frame_may_do_little(api):
    """Its policy allows its own files and calls to this mock, to be framed by everybody, and nothing inline."""
    policy = api.with_key(None).get("/sdk/frame.html").headers["content-security-policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" in policy
    assert "frame-ancestors *" in policy
    assert "unsafe" not in policy


def test_an_unknown_file_is_a_404(api):
    """It names those there are; no path leads out of the folder."""
    for name in ("nothing.js", "..%2fsdk.py", "%2e%2e"):
        assert 404 == api.with_key(None).get(f"/sdk/{name}").status
    assert "checkout.js" in api.get("/sdk/nothing.js").problems[0]


def test_all_of_it_is_small():
    """Everything that a browser loads is under 25 KB, compressed."""
    loaded = [text for name, text in TEXTS.items() if not name.endswith(".d.ts")]

    assert sum(len(gzip.compress(text.encode())) for text in loaded) < 25 * 1024


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize(
    "banned",
    [
        *(r"\beval\b", r"\bFunction\(", "innerHTML", "outerHTML", "insertAdjacent", r"document\.write", r"\bvar\b"),
        *(r"Storage\b", "cookie", r"console\.", r"window\.\w+ =", "globalThis", r'setAttribute\("style"', "cssText"),
    ],
)
def test_no_script_does_what_leaks_or_breaks_policies(name, banned):
    """No code from text, no markup from text, nothing kept, nothing logged, nothing global."""
    assert [] == re.findall(banned, SCRIPTS[name])


def test_only_known_files_are_imported():
    """What one file imports lies beside it."""
    imported = {name for text in SCRIPTS.values() for name in re.findall(r'from "\./([\w.]+)"', text)}

    assert imported <= set(SCRIPTS)


def test_every_language_says_everything():
    """Each language has the texts of English, and their placeholders."""
    languages = re.findall(r"^  (\w\w): \{\n(.*?)^  \},", SCRIPTS["texts.js"], re.DOTALL | re.MULTILINE)
    said = {name: dict(re.findall(r'^    (\w+): "(.*)",$', text, re.MULTILINE)) for name, text in languages}

    assert {"en", "de"} <= set(said)
    for texts in said.values():
        assert list(said["en"]) == list(texts)
        assert all(texts.values())
        for name, text in texts.items():
            assert re.findall(r"\{\w+\}", said["en"][name]) == re.findall(r"\{\w+\}", text)
