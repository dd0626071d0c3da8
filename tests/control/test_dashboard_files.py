"""What the server does for the dashboard: files with strict headers, for pages and names of its own only."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from mock_odus.browser import dashboard

FILES = dashboard.files()

PAGES = ["/dashboard", "/dashboard/", "/dashboard/mock/payments", "/dashboard/mock/payments/pay_1?x=<script>"]
OURS = [name for name in FILES if name.endswith(".js") and not name.startswith("vendor/")]
FOREIGN = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("path", PAGES)
def test_every_address_is_the_one_page(api, path):
    """Deep links are answered by the page itself, whatever they name; nothing of the address stands in it."""
    answer = api.get(path)

    assert (200, "text/html; charset=utf-8") == (answer.status, answer.headers["content-type"])
    assert api.get("/dashboard").raw == answer.raw


@pytest.mark.parametrize("path", ["/dashboard", *(f"/dashboard/_/{name}" for name in FILES)])
def test_the_policy_is_strict(api, path):
    """Nothing runs, loads or is called but what is the mock's own, and no page may frame it."""
    headers = api.get(path).headers

    assert (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ) == headers["content-security-policy"]
    assert ("nosniff", "no-referrer") == (headers["x-content-type-options"], headers["referrer-policy"])
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/mock/payments", "/dashboard/_/main.js"])
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_foreign_pages_and_names_are_a_403(api, path, headers):
    """A Host that could have been rebound, and an Origin that is not the mock's own, see nothing of it."""
    answer = api.get(path, headers=headers)

    assert (403, "Forbidden") == (answer.status, answer.json["error"])


def test_an_unknown_file_is_a_404(api):
    """It names those that are there; a way out of the folder leads nowhere."""
    for name in ("main.jsx", "../dashboard.py", "%2e%2e/dashboard.py", ""):
        assert 404 == api.get(f"/dashboard/_/{name}").status


def test_looking_at_it_is_no_request_of_the_account(api):
    """Its files are in no journal and move no ids."""
    browser = api.with_key(None)
    browser.get("/dashboard")
    browser.get("/dashboard/_/main.js")

    assert [] == browser.get("/_mock/journal/requests?path[like]=dashboard").json["data"]


def imported(name):
    """The files that a file of the dashboard imports."""
    found = re.findall(r'^import [^;]+ from "([^"]+)";', FILES[name].read_text(), re.MULTILINE)
    return {str((Path("/") / Path(name).parent / one).resolve().relative_to("/")) for one in found}


@pytest.mark.parametrize("name", OURS)
def test_it_runs_what_the_mock_serves_and_nothing_else(name):
    """Every import leads to a file of the dashboard; no address of elsewhere, and no markup made of texts."""
    text = FILES[name].read_text()

    assert imported(name) <= set(FILES)
    assert not re.search(r"https?://|innerHTML|insertAdjacentHTML|document\.write|\beval\b", text)


def test_its_files_import_in_one_direction_and_stay_small():
    """No circles, and no file of more than 250 lines."""
    assert set(OURS) <= set(TopologicalSorter({name: imported(name) for name in OURS}).static_order())
    assert [] == [name for name in OURS if len(FILES[name].read_text().splitlines()) > 250]


def test_every_vendored_library_has_its_licence_and_version():
    """What others wrote is listed with its version, and its licence stands beside it."""
    listed = FILES["vendor/VERSIONS.txt"].read_text()
    libraries = [Path(name).name for name in FILES if name.startswith("vendor/") and not name.endswith(".txt")]

    assert [] == [name for name in libraries if not re.search(rf"^{re.escape(name)} .*\d+\.\d+", listed, re.MULTILINE)]
    for name in ("htm", "preact"):
        assert "icense" in FILES[f"vendor/{name}-LICENSE.txt"].read_text()
