"""Keeps web pages away from what drives the mock: a foreign `Host` or `Origin` is refused."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from mock_odus.engine.errors import Forbidden

_SAFE_ENDINGS = (".localhost", ".local", ".internal")


def check(request: Request, allowed_hosts: frozenset[str]) -> None:
    """Forbidden when the host could have been rebound, or the page that asks lives elsewhere."""
    host = _host("//" + request.headers.get("host", ""))
    if not _is_own(host, allowed_hosts):
        raise Forbidden(f"the Host '{host}' is foreign here; name it with --allow-host {host}")
    origin = request.headers.get("origin")
    if origin is not None:
        page = _host(origin)
        if page != host and page not in allowed_hosts:
            raise Forbidden(f"pages of the Origin '{origin}' may not drive this mock; allow it with --allow-host")


def _is_own(host: str, allowed: frozenset[str]) -> bool:
    if host in allowed or "." not in host or host.endswith(_SAFE_ENDINGS):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return "?"
