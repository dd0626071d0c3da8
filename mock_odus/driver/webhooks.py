"""Webhooks in a test: a receiver that checks signatures, or a function of the app that takes them one by one."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_odus.driver.records import Record, camel
from mock_odus.driver.signatures import is_genuine

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from mock_odus.driver import Driver

__tracebackhide__ = True

SIGNATURE = "x-odus-signature"

Handler = Callable[[bytes, dict[str, str]], Any]
"""What takes a webhook: the raw body and the headers, in lower case. Answers a status, or what has a `status_code`, or
what can be awaited to get one."""


class NotReceived(AssertionError):
    """No webhook came that fits; the message tells which came."""


class Webhooks:
    """A real receiver: an HTTP server of this process, subscribed to every event of the sandbox.

    `received` are the genuine ones in the order in which they came, each the envelope (`eventId`, `eventType`,
    `timestamp`, `data`) with the sandbox's instant in `at`; `refused` are raw bodies whose signature was wrong, which
    are answered with 401. `status` is what all others are answered: set it to 500, and the mock tries again.
    """

    def __init__(self, driver: Driver) -> None:
        self.received: list[Record] = []
        self.refused: list[bytes] = []
        self.status = 200
        self.secret = ""
        self._driver = driver
        self._came = Condition()
        self._server = ThreadingHTTPServer((_own_address(driver.url), 0), _door(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), name="odus-webhooks", daemon=True)
        self._thread.start()
        host, port = self._server.server_address[:2]
        self.url = f"http://{host!s}:{port}/webhooks"
        try:
            self.secret = driver.webhook_subscribers.create(url=self.url, events=["*"]).secret
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"<webhooks received at {self.url}: {', '.join(self.types) or 'none yet'}>"

    @property
    def types(self) -> list[str]:
        """The event types received, in their order. Example: `assert "invoice.created" in odus.webhooks.types`"""
        return [hook.eventType for hook in self.received]

    def wait_for(self, type: str, *, timeout: float = 5.0, **fields: Any) -> Record:
        """The first webhook of a type whose `data` has these fields; waits for it `timeout` real seconds.

        Example: `odus.webhooks.wait_for("payment.updated", id=payment.id, status="succeeded")`; NotReceived.
        """
        wanted = {camel(name): value for name, value in fields.items()}
        if found := self._find(type, wanted):
            return found
        self._driver.settle()
        end = monotonic() + timeout
        with self._came:
            while not (found := self._find(type, wanted)):
                if not self._came.wait(end - monotonic()):
                    told = "".join(f" with {name} {value!r}" for name, value in wanted.items())
                    came = ", ".join(self.types) or "none"
                    raise NotReceived(f"no {type}{told} within {timeout:g} s; received: {came}")
        return found

    def clear(self) -> None:
        """Forgets what was received."""
        with self._came:
            self.received.clear()
            self.refused.clear()

    def close(self) -> None:
        """Ends the server. The sandbox goes on posting to where it was."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _find(self, type: str, wanted: Mapping[str, Any]) -> Record | None:
        fits = (hook for hook in list(self.received) if hook.eventType == type)
        return next((hook for hook in fits if all(hook.data.get(key) == value for key, value in wanted.items())), None)

    def _take(self, body: bytes, headers: Mapping[str, str]) -> int:
        with self._came:
            if not is_genuine(self.secret, body, headers.get(SIGNATURE)):
                self.refused.append(body)
                return 401
            if 200 <= self.status < 300:
                hook = json.loads(body, object_hook=Record)
                hook["at"] = headers.get("x-mock-now")
                self.received.append(hook)
                self._came.notify_all()
            return self.status


def _door(webhooks: Webhooks) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = webhooks._take(body, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """The test tells what came."""

    return Door


def _own_address(url: str) -> str:
    """The address of this machine on the way to the mock: loopback when it runs here."""
    address = urlsplit(url)
    family, kind, *_, place = socket.getaddrinfo(address.hostname, address.port or 80, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind) as probe:
        probe.connect(place)  # sends nothing
        return str(probe.getsockname()[0])


class Taking:
    """Gives a sandbox's webhooks to a function, in this thread, one by one in their order."""

    def __init__(self, driver: Driver, handler: Handler) -> None:
        self._driver = driver
        self._handler = handler
        self._loop = _running_loop()
        self._is_taking = False
        self.counts = {"delivered": 0, "failed": 0}

    def take(self) -> None:
        """Gives all that wait now, and what follows from them. Does nothing from inside the function itself."""
        if self._is_taking:
            return
        self._is_taking = True
        try:
            while held := self._driver._ask("GET", "/_mock/deliveries/held"):
                for delivery in held:
                    self._give(delivery)
        finally:
            self._is_taking = False

    def _give(self, delivery: Record) -> None:
        from mock_odus.driver.connection import OdusApiError

        headers = {name.lower(): value for name, value in delivery.headers.items()}
        if self._driver._app_clock is not None:
            self._driver._app_clock.move(headers["x-mock-now"])
        answer = self._handler(delivery.body.encode(), headers)
        status = _status(self._awaited(answer) if hasattr(answer, "__await__") else answer)
        try:
            answered = self._driver._ask("POST", f"/_mock/deliveries/{delivery.id}/answer", {"status": status})
        except OdusApiError as error:
            if error.status not in (400, 404):  # the function has reset the sandbox, or deleted the subscriber
                raise
        else:
            self.counts[answered.status] += 1

    def _awaited(self, answer: Any) -> Any:
        """What a coroutine answers, in the loop that ran where `on_webhook` was called."""
        if self._loop is None or self._loop is _running_loop():
            answer.close()
            raise RuntimeError(_NO_LOOP if self._loop is None else _OWN_LOOP)
        from asyncio import run_coroutine_threadsafe

        return run_coroutine_threadsafe(answer, self._loop).result()


_NO_LOOP = "the function given to on_webhook is a coroutine: call on_webhook inside a test or fixture that is one, too"
_OWN_LOOP = (
    "this call brings a webhook about, which a coroutine is to take in the event loop that this call holds up: "
    "await it in a thread, such as `await asyncio.to_thread(odus.pay, 2999)`"
)


def _running_loop() -> AbstractEventLoop | None:
    """The event loop that runs in this thread. Where nobody has imported asyncio there is none."""
    asyncio = sys.modules.get("asyncio")
    try:
        return asyncio.get_running_loop() if asyncio else None
    except RuntimeError:
        return None


def _status(answer: Any) -> int:
    """Also of a response that a web framework's test client gives."""
    status = getattr(answer, "status_code", answer)
    if isinstance(status, bool) or not isinstance(status, int):
        raise TypeError(f"what takes webhooks must answer a status such as 200, found {answer!r}")
    return status
