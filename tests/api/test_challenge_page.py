"""The challenge page by plain HTTP, and where it sends the browser (checkout/3ds-and-redirect-handling)."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest

CHALLENGED = "4000000000003220"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VOID = {"meta", "link", "br", "input", "img", "hr"}


@pytest.fixture
def waiting(api):
    """A payment that waits for its customer, and the path of its page."""

    def make(return_url="https://shop.example/back", key=None, **fields):
        payment = api.payment(returnUrl=return_url, **fields)
        caller = api.with_key(payment["checkoutKey"]) if key == "checkout" else api
        payment = caller.made(f"/payments/{payment['id']}/authorize", api.card(CHALLENGED))
        return payment, urlsplit(payment["action"]["redirectUrl"]).path

    return make


def press(api, path, result="passed"):
    return api.with_key(None).post(path, raw=f"result={result}".encode(), headers=FORM)


def test_the_page_asks(api, waiting):
    """The link of a waiting payment is a page that names the amount, with a button for each answer."""
    payment, path = waiting()
    page = api.with_key(None).get(path)

    assert payment["action"]["redirectUrl"] == api.url + path
    assert (200, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    assert "50.00 USD" in page.text
    assert "Visa ending in 3220" in page.text
    assert ["passed", "failed", "cancelled"] == re.findall(r'name="result" value="(\w+)"', page.text)
    assert "<script" not in page.text


def test_the_page_may_run_nothing(api, waiting):
    """Its policy allows its own style and nothing else, and nothing keeps a copy of it."""
    _, path = waiting()
    page = api.with_key(None).get(path)

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "script-src" not in policy
    assert "no-store" == page.headers["cache-control"]
    assert "no-referrer" == page.headers["referrer-policy"]


@pytest.mark.parametrize(
    ("result", "status", "success"),
    [("passed", "succeeded", "true"), ("failed", "open", "false"), ("cancelled", "open", "false")],
)
def test_an_answer_sends_the_browser_back(api, waiting, result, status, success):
    """Each button ends the challenge: 303 to returnUrl with success and payment."""
    payment, path = waiting()
    answer = press(api, path, result)

    assert 303 == answer.status
    assert f"https://shop.example/back?success={success}&payment={payment['id']}" == answer.headers["location"]
    assert status == api.get(f"/payments/{payment['id']}").json["status"]


@pytest.mark.parametrize(
    ("return_url", "back"),
    [
        ("https://shop.example", "https://shop.example?{}"),
        ("https://shop.example/", "https://shop.example/?{}"),
        ("https://shop.example/back?order=7&cart=a%20b", "https://shop.example/back?order=7&cart=a%20b&{}"),
        ("https://shop.example/back?success=maybe&payment=mine", "https://shop.example/back?{}"),
        ("https://shop.example/back?checkoutKey=mine&a=1", "https://shop.example/back?a=1&{}"),
        ("https://shop.example/back#done", "https://shop.example/back?{}#done"),
        ("https://shop.example/back?a=1#/route?success=no", "https://shop.example/back?a=1&{}#/route?success=no"),
        ("https://shop.example/?a=1&a=2&b=", "https://shop.example/?a=1&a=2&b=&{}"),
        ("http://localhost:3000/x;y?q=%E2%82%AC", "http://localhost:3000/x;y?q=%E2%82%AC&{}"),
        ("https://shop.example/?q=caf%E9", "https://shop.example/?q=caf%E9&{}"),
        ("https://shop.example/?flag&x=a+b", "https://shop.example/?flag&x=a+b&{}"),
        ("https://shop.example/?url=https://a.example/?b", "https://shop.example/?url=https://a.example/?b&{}"),
        ("https://user@shop.example:8443/%C3%A9", "https://user@shop.example:8443/%C3%A9?{}"),
        ("https://shop.example/?{origin}={sandbox}", "https://shop.example/?%7Borigin%7D=%7Bsandbox%7D&{}"),
    ],
)
def test_the_way_back_keeps_what_is_the_merchants(api, waiting, return_url, back):
    """Own parameters stay byte for byte, those of Odus's names are replaced, the fragment stays behind them."""
    payment, path = waiting(return_url)

    expected = back.format(f"success=true&payment={payment['id']}")
    assert expected == press(api, path).headers["location"]


def test_the_checkout_key_comes_along_when_it_authorized(api, waiting):
    """A payment that a checkout key authorized brings that key back."""
    payment, path = waiting("https://shop.example/?checkoutKey=old", key="checkout")
    found = dict(parse_qsl(urlsplit(press(api, path).headers["location"]).query))
    key = api.get(f"/payments/{payment['id']}").json["checkoutKey"]

    assert {"success": "true", "payment": payment["id"], "checkoutKey": key} == found


def test_a_passed_challenge_may_still_be_declined(api):
    """The gateway has the last word: passed, declined, success=false."""
    payment = api.payment(returnUrl="https://shop.example/")
    payment = api.made(f"/payments/{payment['id']}/authorize", api.card("4000008400001629"))
    answer = press(api, urlsplit(payment["action"]["redirectUrl"]).path)

    assert "success=false" in answer.headers["location"]


@pytest.mark.parametrize(("code", "success"), [("1234", "true"), ("0000", "false"), ("+1234+", "true")])
def test_a_code_answers_too(api, waiting, code, success):
    """A customer may type the code of the bank: one passes, one fails."""
    payment, path = waiting()
    answer = api.with_key(None).post(path, raw=f"code={code}".encode(), headers=FORM)

    assert 303 == answer.status
    assert f"https://shop.example/back?success={success}&payment={payment['id']}" == answer.headers["location"]


@pytest.mark.parametrize("code", ["4321", "12345", "passed", "%3Cb%3E"])
def test_another_code_is_asked_for_again(api, waiting, code):
    """The page says so, does not repeat it, and the right one still passes."""
    payment, path = waiting()
    answer = api.with_key(None).post(path, raw=f"code={code}".encode(), headers=FORM)

    assert 200 == answer.status
    assert "This is not the code. Please try again." in answer.text
    assert "<b>" not in answer.text.partition("<article>")[2]
    assert "requires_action" == api.get(f"/payments/{payment['id']}").json["status"]
    assert 303 == api.with_key(None).post(path, raw=b"code=1234", headers=FORM).status


def test_the_page_says_until_when_it_asks(api, waiting):
    """The end of the 24 hours, on the sandbox's clock, and who asks: the shop's host when the payment names nobody."""
    _, path = waiting()
    page = api.with_key(None).get(path).text

    assert "lapses on 2026-01-02 at 00:00 UTC" in page
    assert ("To", "shop.example") in Reading(page).pairs


def test_a_link_works_once(api, waiting):
    """Pressed again, or another button: nothing changes, and the page says what happened."""
    payment, path = waiting()
    press(api, path, "failed")
    before = api.get("/_mock/digest").json

    for again in (press(api, path, "passed"), press(api, path, "failed"), api.with_key(None).get(path)):
        assert 200 == again.status
        assert "The challenge was failed." in again.text
        assert f"Payment {payment['id']} of 50.00 USD is open." in again.text
    assert before == api.get("/_mock/digest").json


def test_a_lapsed_link_says_so(api, waiting):
    """After 24 hours the page tells that nobody answered, and answers no more."""
    payment, path = waiting()
    api.post("/_mock/clock/advance", {"by": "24 hours"})

    assert "within 24 hours" in api.with_key(None).get(path).text
    assert "within 24 hours" in press(api, path).text
    assert "open" == api.get(f"/payments/{payment['id']}").json["status"]


def test_the_old_link_of_a_new_try_is_over(api, waiting):
    """A second try has a link of its own, and the first does not answer for it."""
    payment, first = waiting()
    press(api, first, "cancelled")
    second = api.made(f"/payments/{payment['id']}/authorize", api.card(CHALLENGED))["action"]["redirectUrl"]

    assert not second.endswith(first)
    assert 200 == press(api, first, "passed").status
    assert "requires_action" == api.get(f"/payments/{payment['id']}").json["status"]


@pytest.mark.parametrize(
    "raw", [b"", b"result=", b"result=yes", b"answer=passed", b"\xff\xfe", b"{}", b"result=Passed"]
)
def test_a_post_without_an_answer_is_a_400(api, waiting, raw):
    """Only passed, failed and cancelled are answers; anything else leaves the challenge open."""
    payment, path = waiting()
    answer = api.with_key(None).post(path, raw=raw, headers=FORM)

    assert (400, "text/html; charset=utf-8") == (answer.status, answer.headers["content-type"])
    assert "requires_action" == api.get(f"/payments/{payment['id']}").json["status"]


@pytest.mark.parametrize(
    "path", ["/challenge/mock/nothing", "/challenge/nowhere/nothing", "/challenge/%3Cb%3E/%3Cscript%3E"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_link_is_a_page_of_404(api, path, method):
    """A link that nobody made is a page that says so, without repeating it."""
    answer = api.with_key(None)(method, path)

    assert (404, "text/html; charset=utf-8") == (answer.status, answer.headers["content-type"])
    assert "No challenge has this link" in answer.text
    assert "<script>" not in answer.text
    assert "<b>" not in answer.text


def test_a_link_opens_no_other_sandbox(api, account, waiting):
    """A token is good only under the name of its own sandbox."""
    _, path = waiting()

    assert 404 == api.get(path.replace(api.name, account().name)).status


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>"[:22], '"><img src=x onerror=a>'[:22], "'&lt;\"&amp;<b>"]
)
def test_what_merchants_write_is_text_on_the_page(api, waiting, hostile):
    """A statement descriptor is shown as it is, and never becomes markup."""
    _, path = waiting(statementDescriptor=hostile)
    page = api.with_key(None).get(path).text

    assert hostile not in page
    assert ("To", hostile) in Reading(page).pairs


def test_a_hostile_way_back_is_an_address(api, waiting):
    """On the page of a used link, the way back is one attribute, whatever stands in it."""
    payment, path = waiting('https://shop.example/?"><script>alert(1)</script>')
    press(api, path)
    page = Reading(api.with_key(None).get(path).text)

    assert [] == [tag for tag in page.tags if tag == "script"]
    assert 1 == len(page.links)
    assert page.links[0].endswith(f"success=true&payment={payment['id']}")


def test_the_time_is_the_sandboxs(api, waiting):
    """The page's answers carry the time of the sandbox in the link, whoever asks."""
    _, path = waiting()
    api.post("/_mock/clock/advance", {"by": "1 hour"})

    assert "2026-01-01T01:00:00.000Z" == api.with_key(None).get(path).headers["x-mock-now"]
    assert "2026-01-01T01:00:00.000Z" == press(api, path).headers["x-mock-now"]


def test_every_page_is_sound_html(api, waiting):
    """Question, used link, bad answer, unknown link: every tag is closed, every id unique, language and title set."""
    _, path = waiting()
    stranger = api.with_key(None)
    pages = [stranger.get(path), stranger.post(path, raw=b"", headers=FORM), stranger.get("/challenge/mock/x")]
    pages.append(stranger.post(path, raw=b"code=9", headers=FORM))
    press(api, path)
    pages.append(stranger.get(path))

    for page in pages:
        reading = Reading(page.text)
        assert page.text.startswith("<!DOCTYPE html>\n")
        assert [] == reading.faults
        assert 1 == reading.tags.count("h1")
        assert 1 == reading.tags.count("main")
        assert 1 == reading.tags.count("title")
        assert '<html lang="en">' in page.text
        assert 'name="viewport"' in page.text


class Reading(HTMLParser):
    """The tags of a page, the pairs of its lists, its links, and what is wrong with it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.faults, self.links, self.pairs = [], [], [], []
        self._open, self._ids, self._term, self._text = [], set(), "", ""
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice")
        given = dict(attributes)
        if given.get("id") in self._ids:
            self.faults.append(f"id {given['id']} twice")
        self._ids |= {given["id"]} if "id" in given else set()
        if tag == "a":
            self.links.append(given["href"])
        if tag not in VOID:
            self._open.append(tag)
        self._text = ""

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")
        if tag == "dt":
            self._term = self._text
        elif tag == "dd":
            self.pairs.append((self._term, self._text))

    def handle_data(self, data):
        self._text += data
