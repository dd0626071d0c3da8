"""What a bad client may do: it gets a clear answer or a closed connection, and the others notice nothing."""

import json
import socket

import pytest

from mock_odus.web.bodies import MAX_BYTES
from mock_odus.web.connections import LARGEST_HEAD, LARGEST_REST

START = b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n"
HEADERS = b"Host: localhost\r\nAuthorization: Bearer skey_mock\r\nContent-Type: application/json\r\n"
POST = b"POST /payments HTTP/1.1\r\n" + HEADERS
KIB = b"x" * 1024


def told(raw):
    """Status, problem and headers of the one answer that came before the connection was closed."""
    head, _, body = raw.partition(b"\r\n\r\n")
    answer = json.loads(body)
    status = int(head.split()[1])
    assert status == answer["statusCode"]
    return status, answer["message"], head


# --- clients that take their time


@pytest.mark.parametrize("sent", [b"G", START, START + b"X-Half: a hea", POST + b"Content-Length: 40\r\n\r\n{"])
def test_a_request_that_does_not_go_on_is_a_408(line, neighbour, sent):
    """Whether it stops in its first line, its headers or its body; then the connection is closed."""
    slow = line()
    slow.send(sent)
    neighbour()

    status, message, head = told(slow.rest())
    assert (408, "the request must come whole within 0.4 seconds") == (status, message)
    assert b"connection: close" in head


def test_who_says_nothing_is_hung_up_on(line, neighbour):
    """A connection on which nothing comes is closed, without a word."""
    silent = line()
    neighbour()

    assert b"" == silent.rest()


def test_a_byte_now_and_then_buys_no_time(line):
    """The whole request has so long, not each of its bytes; on a connection that was used before as well."""
    slow = line()
    slow.send(START + b"\r\n")
    assert 200 == slow.answer()[0]

    slow.socket.settimeout(0.02)
    answered = b""
    for place in range(1_000):
        if not slow.send(START[place % len(START) :][:1]):
            break
        try:
            answered += slow.socket.recv(65536)
        except TimeoutError:
            continue
        break

    assert 408 == told(answered)[0]


def test_hundreds_of_slow_clients_harm_nobody(line, neighbour):
    """The others are answered promptly; and all those connections are closed in the end."""
    slow = [line() for _ in range(200)]
    for one in slow:
        one.send(START)
    neighbour()

    assert {408} == {told(one.rest())[0] for one in slow}
    neighbour()


@pytest.mark.parametrize("path", ["/_mock/health", "/_mock/journal/events?waitFor=9&timeout=200ms"])
def test_who_has_asked_and_says_no_more_is_answered(line, path):
    """A half-closed connection, such as `nc -N` makes, carries the answer, and is closed then."""
    half = line()
    half.send(START.replace(b"/_mock/health", path.encode()) + b"\r\n")
    half.socket.shutdown(socket.SHUT_WR)

    assert half.rest().startswith(b"HTTP/1.1 200 ")


def test_who_goes_away_without_a_word_leaves_nothing(hasty, line, neighbour):
    """Connections that are reset in the middle of a request are forgotten."""
    for _ in range(20):
        gone = line()
        gone.send(POST + b"Content-Length: 100\r\n\r\n{")
        gone.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        gone.close()
    neighbour()

    assert b"" == line().rest()  # by then those before it have had their time, too
    assert set() == hasty._server.server_state.connections


# --- clients that talk too much


def test_a_head_that_does_not_end_is_a_431(line, neighbour):
    """At the latest at twice the size that it may have."""
    long = line()
    sent = 0
    long.send(START)
    while sent <= 4 * LARGEST_HEAD and long.send(b"X-More: " + KIB + b"\r\n"):
        sent += len(KIB)
    neighbour()

    raw = long.rest()
    if raw:  # it may have been lost when the connection was closed
        assert (431, f"the request line and its headers must be at most {LARGEST_HEAD} bytes") == told(raw)[:2]
    assert not long.send(KIB) or not long.send(KIB)


def test_one_huge_header_is_a_431(line):
    """One value, or one path, of many kilobytes."""
    for sent in (START + b"X-Huge: " + 512 * KIB, b"GET /" + 512 * KIB):
        huge = line()
        huge.send(sent)
        raw = huge.rest()
        assert not raw or 431 == told(raw)[0]


@pytest.mark.parametrize("size", [1, 32])
def test_a_large_head_is_read(line, size):
    """A cookie of some kilobytes is nothing special."""
    fine = line()
    fine.send(START + b"Cookie: " + size * KIB + b"\r\n\r\n")

    assert 200 == fine.answer()[0]


def test_too_many_chunks_are_a_413(line, neighbour):
    """A body without a length is refused past 1 MiB, and the connection goes on when it has ended."""
    chunked = line()
    chunked.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(MAX_BYTES // len(KIB) + 1):
        chunked.send(b"400\r\n" + KIB + b"\r\n")
    status, text = chunked.answer()
    neighbour()

    assert (413, f"the body must be at most {MAX_BYTES} bytes") == (status, json.loads(text)["message"])
    chunked.send(b"0\r\n\r\n" + START + b"\r\n")
    assert 200 == chunked.answer()[0]


def test_small_chunks_are_a_body(line):
    """A body in chunks is read like any other."""
    chunked = line()
    chunked.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    for part in (b'{"amount":1,', b'"currency":"usd"}'):
        chunked.send(b"%x\r\n%s\r\n" % (len(part), part))
    chunked.send(b"0\r\n\r\n")

    assert 201 == chunked.answer()[0]


def test_a_body_without_an_end_is_cut_off(line, neighbour):
    """Who goes on sending after the 413 is hung up on, sooner or later."""
    endless = line()
    endless.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    sent = 0
    while sent < 4 * LARGEST_REST and endless.send(b"10000\r\n" + 64 * KIB + b"\r\n"):
        sent += 64 * len(KIB)
    neighbour()

    assert sent < 4 * LARGEST_REST


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01", b"HELLO\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 64])
def test_what_is_not_http_is_a_400(line, neighbour, sent):
    """TLS on this port, another protocol, or noise: told, and closed."""
    wrong = line()
    wrong.send(sent)
    neighbour()

    assert wrong.rest().startswith(b"HTTP/1.1 400 ")


# --- how answers come


def test_an_answer_comes_in_one_piece(line):
    """Head and body are sent together, one answer after the other."""
    kept = line()
    came = []
    for _ in range(20):
        kept.send(START + b"\r\n")
        came.append(kept.socket.recv(65536))

    assert 20 == sum(len(piece.partition(b"\r\n\r\n")[2]) > 0 for piece in came)


def test_a_head_without_a_body_is_not_waited_for(line):
    """A HEAD is answered at once, and what is asked next has its own answer."""
    kept = line()
    kept.send(START.replace(b"GET", b"HEAD") + b"\r\n")
    head = kept.socket.recv(65536)
    kept.send(START + b"\r\n")

    assert head.startswith(b"HTTP/1.1 200 ")
    assert head.endswith(b"\r\n\r\n")
    assert 200 == kept.answer()[0]


def test_who_asks_whether_to_go_on_is_told_so(line):
    """`100 Continue` comes before the body is sent, and the answer after it."""
    careful = line()
    careful.send(POST + b"Content-Length: 35\r\nExpect: 100-continue\r\n\r\n")
    told_so = careful.socket.recv(65536)
    careful.send(b'{"amount": 5000, "currency": "usd"}')

    assert told_so.startswith(b"HTTP/1.1 100 ")
    assert 201 == careful.answer()[0]


@pytest.mark.parametrize(
    "first",
    [
        b"CONNECT foo:443 HTTP/1.1",
        b"GET http:// HTTP/1.1",
        b"GET http://[::1 HTTP/1.1",
        b"GET /?" + 100 * KIB + b" HTTP/1.1",
    ],
)
@pytest.mark.parametrize("before", [b"", START + b"\r\n"])
def test_a_first_line_that_cannot_be_read_is_refused_without_ado(line, neighbour, caplog, before, first):
    """Also after a good request; nothing is written to the log."""
    wrong = line()
    if before:
        wrong.send(before)
        assert 200 == wrong.answer()[0]
    wrong.send(first + b"\r\nHost: localhost\r\n\r\n")
    neighbour()

    assert wrong.rest().startswith(b"HTTP/1.1 4")
    assert [] == [record.message for record in caplog.records if record.exc_info]
