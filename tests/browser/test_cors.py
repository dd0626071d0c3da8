"""A page of another origin as a real browser lets it call the mock, with the keys that browsers have."""

import pytest

pytestmark = pytest.mark.browser

FETCH = """async ([url, options]) => {
    try {
        const answer = await fetch(url, options);
        return {status: answer.status, id: answer.headers.get("x-request-id"), body: await answer.json()};
    } catch (error) {
        return {refused: error.name};
    }
}"""


@pytest.fixture
def ask(shop, visit):
    """Fetches from a page of the shop."""
    page = visit().page
    page.goto(f"{shop}/cart")

    def fetch(url, key, **options):
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return page.evaluate(FETCH, [url, {"headers": headers | options.pop("headers", {}), **options}])

    return fetch


def test_a_page_pays_with_a_checkout_key(account, shop, ask):
    """It authorizes its payment across origins, with an Idempotency-Key, and reads the answer and its request id."""
    payment = account.payments.create(amount=4900, currency="usd", return_url=f"{shop}/thanks")
    body = '{"type":"card","card":{"number":"4242424242424242","expMonth":"12","expYear":"2040","cvv":"100"}}'
    url = f"{account.url}/payments/{payment.id}/authorize"
    answer = ask(url, payment.checkoutKey, method="POST", body=body, headers={"Idempotency-Key": "cart-7"})

    assert (201, "succeeded") == (answer["status"], answer["body"]["status"])
    assert account.requests(path=f"/payments/{payment.id}/authorize")[0].id == answer["id"]
    assert 200 == ask(f"{account.url}/payments/{payment.id}", account.publishable_key)["status"]


def test_a_page_reads_why_it_was_refused(account, ask):
    """Refusals are answers as well: without the headers the page would see no more than that something failed."""
    payment = account.payments.create(amount=4900, currency="usd")
    for path, key, status in (
        (f"/payments/{payment.id}", "pk_nobody", 401),
        ("/payments", account.publishable_key, 403),
        ("/payments/pay_x", account.publishable_key, 404),
        ("/nowhere", account.publishable_key, 404),
    ):
        answer = ask(account.url + path, key)
        assert (status, status) == (answer["status"], answer["body"]["statusCode"])
    declined = ask(f"{account.url}/payments/{payment.id}/authorize", payment.checkoutKey, method="POST", body="{}")
    assert 400 == declined["status"]


def test_a_page_does_not_drive_the_mock(account, ask):
    """The control API is not for pages of other origins, whatever key they hold: the browser refuses them."""
    before = account.digest()

    assert {"refused": "TypeError"} == ask(f"{account.url}/_mock/clock", account.secret_key)
    moved = ask(f"{account.url}/_mock/clock/advance", account.secret_key, method="POST", body='{"by":"1 day"}')
    assert {"refused": "TypeError"} == moved
    assert before == account.digest()
