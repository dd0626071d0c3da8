"""Posts to addresses of this machine and of private networks, and to hosts that were named: nowhere else.

Judged is the address that is really connected to: a name may lead anywhere, and somewhere else a moment later.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from httpx2 import AsyncHTTPTransport

LONGEST_WAIT = 15.0
"""Seconds until an answer is missed (guides/api-features/webhooks)."""

_NEAR = tuple(map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")))
_METADATA = ip_address("fd00:ec2::254")  # tells the credentials of a machine in the cloud
_READ_AT_MOST = 64 * 1024

Address = IPv4Address | IPv6Address


class Answer(NamedTuple):
    """What came of a post. `is_refused`: the mock itself did not want to post there."""

    status: int | None
    error: str | None
    milliseconds: int
    is_refused: bool = False

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Refusal(Exception):
    """The mock does not post there."""


class Poster:
    """Keeps connections open between posts. `allowed` are hosts that may be anywhere, as they stand in URLs."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = frozenset(host.lower().strip("[]") for host in allowed)
        self._transports: dict[str, AsyncHTTPTransport] = {}

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Never raises for what the other side does, or does not."""
        from httpx2 import HTTPError, InvalidURL  # takes 60 ms to import, which many sandboxes can do without

        began = perf_counter()

        def answer(status: int | None, error: str | None = None, is_refused: bool = False) -> Answer:
            return Answer(status, error, round((perf_counter() - began) * 1_000), is_refused)

        try:
            async with asyncio.timeout(LONGEST_WAIT):
                status = await self._send(url, content, headers)
        except Refusal as error:
            return answer(None, str(error), is_refused=True)
        except TimeoutError:
            return answer(None, f"no answer within {LONGEST_WAIT:.0f} seconds")
        except (HTTPError, InvalidURL, OSError, ValueError) as error:
            return answer(None, str(error) or type(error).__name__)
        return answer(status, None if 200 <= status < 300 else f"answered {status}")

    async def close(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()
        self._transports.clear()

    async def _send(self, url: str, content: bytes, headers: Mapping[str, str]) -> int:
        from httpx2 import ConnectError, Request

        parts = urlsplit(url)
        host = parts.hostname or ""
        shown = f"[{host}]" if ":" in host else host
        sent = {"host": shown if parts.port is None else f"{shown}:{parts.port}", "accept": "*/*", **headers}
        addresses = await self._addresses(host, parts.port or (443 if parts.scheme == "https" else 80))
        failure: Exception | None = None
        for address in addresses:
            netloc = f"[{address}]" if address.version == 6 else str(address)
            place = parts._replace(netloc=netloc if parts.port is None else f"{netloc}:{parts.port}", fragment="")
            request = Request("POST", place.geturl(), headers=sent, content=content, extensions={"sni_hostname": host})
            try:
                response = await self._transport(parts.scheme).handle_async_request(request)
            except ConnectError as error:
                failure = error
                continue
            try:
                length = 0
                async for chunk in response.aiter_raw():  # what is read to its end leaves the connection open
                    length += len(chunk)
                    if length > _READ_AT_MOST:
                        break
            finally:
                await response.aclose()
            return response.status_code
        raise failure or OSError(f"{host} has no address")

    async def _addresses(self, host: str, port: int) -> list[Address]:
        """Where a host is, as far as the mock may post there. Refusal, OSError."""
        try:
            found = [ip_address(host)]
        except ValueError:
            loop = asyncio.get_running_loop()
            told = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = [ip_address(place[0]) for *_, place in told]
        if host.lower() in self._allowed:
            return found
        near = [address for address in found if _is_near(address)]
        if not near:
            where = ", ".join(sorted({str(address) for address in found}))
            raise Refusal(
                f"{host} is at {where}, which is neither this machine nor a private network; "
                f"start the mock with --webhook-allow {host} to post there"
            )
        return near

    def _transport(self, scheme: str) -> AsyncHTTPTransport:
        from httpx2 import AsyncHTTPTransport

        if scheme not in self._transports:
            # Reading the certificates of this machine takes a while, and only https needs them.
            context = ssl.create_default_context() if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._transports[scheme] = AsyncHTTPTransport(verify=context, trust_env=False)
        return self._transports[scheme]


def _is_near(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address != _METADATA and any(address in network for network in _NEAR)
