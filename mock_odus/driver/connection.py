"""HTTP to a mock, by the standard library: one kept-alive connection for each thread, JSON both ways."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_odus.driver.records import Record

if TYPE_CHECKING:
    from http.client import HTTPConnection

__tracebackhide__ = True

TIMEOUT_SECONDS = 60.0
JSON, YAML = "application/json", "application/yaml"


class OdusApiError(Exception):
    """What the server refused: `status`, `message`, `problems` (one sentence each), `method` and `path`.

    Example: `with pytest.raises(OdusApiError, match="amount"): odus.payments.create(amount=-1, currency="usd")`
    """

    def __init__(self, method: str, path: str, status: int, answer: Any) -> None:
        told = answer.get("message", answer) if isinstance(answer, dict) else answer
        self.method, self.path, self.status = method, path, status
        self.problems: tuple[str, ...] = tuple(map(str, told)) if isinstance(told, list) else (str(told),)
        self.message = "; ".join(self.problems)
        super().__init__("\n  - ".join((f"{method} {path} was answered by {status}", *self.problems)))


class Connection:
    """HTTP to one server: a kept-alive connection for each thread, JSON both ways."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.url = url.rstrip("/")
        self._address = urlsplit(self.url)
        if self._address.scheme not in ("http", "https") or not self._address.hostname:
            raise ValueError(f"'{url}' is not the URL of a server; an example: http://127.0.0.1:4010")
        self._timeout = timeout
        self._lines: dict[int, HTTPConnection] = {}

    def ask(self, method: str, path: str, content: Any = None, *, key: str = "", media_type: str = JSON) -> Any:
        """The decoded answer, text where it is not JSON; `content` is sent as JSON unless it is bytes.

        OdusApiError from status 400 on, ConnectionError when the server cannot be reached or says nothing sensible.
        """
        from http.client import HTTPException  # late: importing it costs as much as importing this whole package

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if content is not None:
            content = content if isinstance(content, bytes) else json.dumps(content).encode()
            headers["Content-Type"] = media_type
        line = self._line()
        try:
            line.request(method, self._address.path + path, content, headers)
            response = line.getresponse()
            answer: Any = response.read()
        except (OSError, HTTPException) as error:
            line.close()
            raise ConnectionError(f"{method} {self.url}{path}: {error or type(error).__name__}") from error
        except BaseException:
            line.close()
            raise
        if "json" in (response.headers.get("Content-Type") or ""):
            answer = json.loads(answer, object_hook=Record)
        else:
            answer = answer.decode(errors="replace")
        if response.status >= 400:
            raise OdusApiError(method, path, response.status, answer)
        return answer

    def close(self) -> None:
        """Closes all connections; the next call opens one again."""
        for line in self._lines.values():
            line.close()

    def _line(self) -> HTTPConnection:
        """This thread's connection. One that the server has closed is opened again before anything is sent.

        No request is ever sent twice: that would hide a fault of the server, or pay twice.
        """
        line = self._lines.get(threading.get_ident())
        if line is None:
            from http.client import HTTPConnection, HTTPSConnection

            kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
            line = kind(self._address.netloc, timeout=self._timeout)  # it sets TCP_NODELAY
            self._lines[threading.get_ident()] = line
        elif line.sock is not None and _has_something_to_read(line.sock):
            line.close()
        return line


def _has_something_to_read(sock: Any) -> bool:
    """Between two requests that can only be the end of the connection."""
    from selectors import EVENT_READ, DefaultSelector

    with DefaultSelector() as selector:
        selector.register(sock, EVENT_READ)
        return bool(selector.select(0))
