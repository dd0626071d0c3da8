"""The handle on a sandbox: how it speaks, and how what it is told reads."""

import socket
import threading
from datetime import date

import pytest

from mock_odus.driver import Connection, Driver, Ids, NotPaid, OdusApiError, Record, UnknownName


class Peer:
    """A server of a few bytes: for each connection, how often it answers before it closes without a word."""

    def __init__(self, *answers):
        self.requests = []
        self._answers = answers
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.closed = [threading.Event() for _ in answers]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *failure):
        self._thread.join(5)
        self._socket.close()

    def _serve(self):
        body = b'{"now": "then"}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        for answers, closed in zip(self._answers, self.closed):
            line, _ = self._socket.accept()
            with line:
                for _ in range(answers):
                    self.requests.append(line.recv(65536))
                    line.sendall(head + body)
                if answers == 0:
                    self.requests.append(line.recv(65536))
            closed.set()


def test_a_closed_connection_is_opened_again():
    """A server that ends idle connections is no failure: the next call notices before it sends anything."""
    with Peer(1, 1) as peer:
        driver = Driver(peer.url, "skey_mock")
        assert "then" == driver.now
        assert peer.closed[0].wait(5)
        assert "then" == driver.now
        driver._connection.close()
    assert 2 == len(peer.requests)


def test_no_request_is_sent_twice():
    """A server that takes a request and says nothing is a ConnectionError, which names the call."""
    with Peer(0) as peer:
        connection = Connection(peer.url)
        with pytest.raises(ConnectionError, match=r"POST http://127.0.0.1:\d+/payments: "):
            connection.ask("POST", "/payments", {})
        connection.close()
    assert 1 == len(peer.requests)


def test_each_thread_has_its_own_connection(odus):
    """Calls at the same time do not get into each other's answers."""
    found = []
    threads = [threading.Thread(target=lambda: found.append(odus.pay(100).id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(payment.id for payment in odus.payments.list())


def test_a_url_must_be_one():
    """A forgotten scheme is told at once."""
    with pytest.raises(ValueError, match="'localhost:4010' is not the URL of a server"):
        Driver("localhost:4010", "skey_mock")


def test_a_refusal_tells_every_problem(odus):
    """OdusApiError has the status, the call and one sentence for each problem."""
    with pytest.raises(OdusApiError) as refused:
        odus.payments.create(amount=-1, currency="usd", curency="usd")
    error = refused.value
    assert (400, "POST", "/payments") == (error.status, error.method, error.path)
    assert 2 == len(error.problems)
    assert all(problem in str(error) for problem in error.problems)


def test_a_record_reads_by_attribute():
    """Keys are attributes at every depth, and a wrong one names the nearest."""
    payment = Record(displayStatus="open", cart=Record(items=[1]))
    assert "open" == payment.displayStatus
    assert [1] == payment.cart["items"]
    with pytest.raises(AttributeError, match=r"no 'display_status' here; did you mean 'displayStatus'\?"):
        payment.display_status  # noqa: B018
    assert not hasattr(payment, "__wrapped__")


def test_a_shared_name_needs_its_kind():
    """Two kinds of records may bear one name; then the kind is written before it."""
    ids = Ids({"customers": {"jane": "cus_1", "main": "cus_2"}, "cascades": {"main": "cas_1"}})
    assert "cus_1" == ids["jane"] == ids["customers.jane"]
    assert "cas_1" == ids["cascades.main"]
    with pytest.raises(UnknownName, match=r"'main' .*: write 'customers\.main' or 'cascades\.main'"):
        ids["main"]
    with pytest.raises(UnknownName, match=r"no record 'jan'; did you mean 'jane'\?"):
        ids["jan"]


def test_lists_are_whole_unless_a_page_is_asked_for(odus):
    """`list` reads on until the end; with `page` or `page_size` it answers as the API pages."""
    made = [odus.payments.create(amount=1 + n, currency="usd").id for n in range(101)]
    assert made == [payment.id for payment in odus.payments.list()]
    second = odus.payments.list(page=2, page_size=5)
    assert made[5:10] == [payment.id for payment in second]
    assert (101, 21) == (second.pagination.itemCount, second.pagination.pageCount)


def test_keywords_are_spelled_as_the_api_spells_them(odus):
    """snake_case becomes camelCase in bodies and filters, and a record stands for its id."""
    jane = odus.customers.get(odus.ids["jane"])
    assert "+15559876543" == odus.customers.update(jane, phone_number="+15559876543").phoneNumber
    payment = odus.pay(500, customer=jane, payment_method=odus.ids["janes_visa"])
    assert payment.id == odus.payments.list(customer=jane, display_status="succeeded", is_captured=True)[0].id
    assert [] == odus.payments.list(status="open")
    assert odus.ids["janes_visa"] == odus.payment_methods[payment.paymentMethod].id


def test_a_payment_that_the_app_has_made_is_paid(odus):
    """As its customer would, who comes back to where the app said; nothing about it may be told anew."""
    made = odus.payments.create(amount=700, currency="eur", return_url="https://my.example/thanks")
    paid = odus.pay(payment=made, card="4000000000003220")
    assert (made.id, "requires_action", "eur") == (paid.id, paid.status, paid.currency)
    assert f"https://my.example/thanks?success=true&payment={made.id}" == odus.complete_challenge(paid).returnUrl
    renewal = odus.payments.create(amount=700, currency="usd", customer=odus.ids["jane"], initiator="merchant")
    assert "succeeded" == odus.pay(payment=renewal.id, payment_method=odus.ids["janes_visa"]).status
    with pytest.raises(TypeError, match=r"\(amount, currency, metadata\)"):
        odus.pay(500, "usd", payment=made, metadata={})


def test_a_customer_is_kept_from_paying(odus):
    """Restrictions are an action on customers, the blacklist a collection of its own."""
    jane = odus.customers.get(odus.ids["jane"])
    entry = odus.blacklist.create(email=jane.email)
    assert odus.customers.restrictions(jane, restrict_cit=True, restrict_reason="Fraud").restrictCit
    assert [entry] == odus.blacklist.list(email=jane.email)
    with pytest.raises(OdusApiError, match="is blacklisted"):
        odus.pay(500, customer=jane)
    odus.blacklist.delete(entry)
    with pytest.raises(OdusApiError, match="is restricted"):
        odus.pay(500, customer=jane)


def test_lists_take_filters_as_python_writes_them(odus):
    """A value is equal, a list is any of them, None is null, a mapping is operators, and a record stands for its id."""
    jane, joe = odus.customers[odus.ids["jane"]], odus.customers.create(email="joe@example.com")
    first = odus.payments.create(amount=100, currency="usd", customer=jane, metadata={"orderId": "1", "a.b": "x, y"})
    second = odus.payments.create(amount=200, currency="eur", customer=joe)
    third = odus.payments.create(amount=300, currency="gbp", statement_descriptor="Shop")

    def found(**filters):
        return [payment.amount for payment in odus.payments.list(**filters)]

    assert [200, 300] == found(amount={"gte": 200}) == found(amount={"gt": 100, "lt": 301})
    assert [100, 200] == found(currency=["usd", "eur"]) == found(currency={"in": ("usd", "eur")})
    assert [300] == found(currency={"nin": {"usd", "eur"}})
    assert [300] == found(customer=None) == found(customer={"eq": None}) == found(customer={"is_null": True})
    assert [100, 200] == found(customer={"ne": None}) == found(customer=[jane, joe.id])
    assert [200, 300] == found(customer={"ne": jane}) == found(metadata={"orderId": None})
    assert [100] == found(metadata={"orderId": "1", "a.b": {"like": "X, "}}) == found(id=first)
    assert [] == found(currency=[]) == found(is_captured=True) == found(created_at={"gt": odus.now})
    assert [100, 200, 300] == found(is_captured=False, created_at={"gte": date(2026, 1, 1)}, customer={"nin": []})
    assert [300, 200, 100] == found(sort_by="amount", sort_direction="desc")
    assert [third.id] == [payment.id for payment in odus.payments.list(statement_descriptor={"like": "shop"})]
    assert [second.id] == [payment.id for payment in odus.payments.list(page=2, page_size=1)]


@pytest.mark.parametrize("values", [["x", "y, z"], [None, "x"], {"nin": ["a,b"]}])
def test_a_list_that_cannot_be_sent_is_refused(odus, values):
    """Values are sent between commas, so one that holds a comma, or None, is an error and not another question."""
    with pytest.raises(ValueError, match=r"currency: .* cannot stand in a list of values"):
        odus.payments.list(currency=values)


def test_time_moves_forward(odus):
    """`advance` runs what falls due, and `agenda` tells beforehand what that will be."""
    payment = odus.pay(500, card="4000000000003220")
    assert [payment.id] == [job.subject for job in odus.agenda()]
    assert "2026-01-02T00:00:00.000Z" == odus.advance(by="1 day").to == odus.now
    assert "open" == odus.payments[payment.id].status
    odus.advance(to="2026-01-03T00:00:00Z")
    with pytest.raises(OdusApiError, match="409"):
        odus.advance(to="2026-01-01T00:00:00Z")


def test_an_advance_goes_until_something_or_is_only_tried_out(odus):
    """What would happen is told, and then it happens."""
    payment = odus.pay(2999, card="4000000000003220")
    rehearsed = odus.advance(until="next", dry_run=True)
    assert "2026-01-01T00:00:00.000Z" == odus.now
    assert rehearsed == odus.advance(until="next")
    assert "2026-01-02T00:00:00.000Z" == odus.now == rehearsed.target
    assert payment.id == rehearsed.steps[0].subject
    assert [] == odus.agenda()


@pytest.fixture
def monthly(odus):
    """A price of 29.99 a month."""
    cycle = {"position": 1, "amount": 2999, "intervalUnit": "month", "intervalValue": 1}
    schedule = {"cycleDefinitions": [cycle]}
    product = odus.products.create(name="Pro")
    return odus.prices.create(product=product, type="recurring", currency="eur", billing_schedule=schedule)


def test_a_customer_subscribes_in_one_call(odus, monthly):
    """In the price's currency, by a card or by what is saved, and by whatever else a payment takes."""
    first = odus.subscribe(odus.ids["jane"], monthly, quantity=2, metadata={"via": "test"})
    assert ("active", monthly.id, "eur", 2) == (first.status, first.price, first.currency, first.quantity)
    assert [("eur", 5998, {"via": "test"})] == [
        (payment.currency, payment.amount, payment.metadata) for payment in odus.payments.list()
    ]
    second = odus.subscribe(odus.customers[odus.ids["jane"]], monthly.id, payment_method=odus.ids["janes_visa"])
    assert odus.ids["janes_visa"] == second.paymentMethod
    assert [first, second] == odus.subscriptions.list(customer=odus.ids["jane"])


@pytest.mark.parametrize(("card", "why"), [("4000000000000002", "generic_soft_decline"), ("4000000000003220", None)])
def test_who_does_not_pay_does_not_subscribe(odus, monthly, card, why):
    """NotPaid tells of the payment: that it was declined, and why, or that its customer is waited for."""
    with pytest.raises(NotPaid, match="no subscription has begun") as raised:
        odus.subscribe(odus.ids["jane"], monthly, card=card)
    assert odus.payments.list() == [raised.value.payment]
    assert raised.value.payment.id in str(raised.value)
    assert why is None or str(raised.value).endswith(f"is open, shown as failed ({why})")


def test_a_card_is_saved_in_one_call(odus):
    """The answer is the saved method; a card that is declined is not saved."""
    card = odus.saved_card(odus.ids["jane"], "5555555555554444")
    assert ("mastercard", odus.ids["jane"]) == (card.card.brand, card.customer)
    assert card in odus.payment_methods.list(customer=odus.ids["jane"])
    with pytest.raises(NotPaid, match=r"the card was not saved: .* \(insufficient_funds\)"):
        odus.saved_card(odus.ids["jane"], "4000000000009995")


def test_billing_is_driven_by_collections(odus, monthly):
    """Every verb is a method of its collection, and the timeline is told of one subscription."""
    policy = odus.retry_policies.create(title="Later", steps=[{"position": 1, "retryDelay": 9}])
    subscription = odus.subscribe(odus.ids["jane"], monthly, card="4000000000000341")
    other = odus.subscribe(odus.ids["jane"], monthly)
    assert policy.id == odus.subscriptions.update(subscription, retry_policy=policy).retryPolicy
    assert odus.subscriptions.cancel(subscription).cancelAtPeriodEnd
    assert not odus.subscriptions.resume(subscription).cancelAtPeriodEnd
    odus.advance(by="1 month")
    (owed,) = odus.invoices.list(subscription=subscription, status="open")
    assert 2 == odus.invoices.pay(owed).attemptCount
    assert "void" == odus.invoices.void(owed).status
    assert odus.retry_policies.get("default") in odus.retry_policies.list()
    story = odus.timeline(subscription=subscription)
    assert (True, False) == (subscription.id in story, other.id in story)


def test_snapshots_bring_the_world_back(odus):
    """Restored is equal, to the last byte of the digest."""
    odus.snapshot("before")
    before = odus.digest()
    odus.pay(500)
    assert before != odus.digest()
    odus.restore("before")
    assert before == odus.digest()


def test_keys_are_made_and_rotated(odus):
    """A secret key's value is in the answers to its making and its rotation; a publishable key's is always there."""
    key = odus.secret_keys.create(permissions=["PAYMENT_READ"])
    rotated = odus.secret_keys.rotate(key)
    connection = Connection(odus.url)
    assert [] == connection.ask("GET", "/payments", key=rotated.value).data
    with pytest.raises(OdusApiError, match="401"):
        connection.ask("GET", "/payments", key=key.value)
    connection.close()
    assert "****" in odus.secret_keys[key.id].value
    public = odus.publishable_keys.create(note="web shop")
    assert [public] == odus.publishable_keys.list()
    assert odus.publishable_keys.delete(public).value.startswith(f"pk_{odus.name}_")


def test_users_log_in(odus):
    """Users are a collection; a session key does what the role may."""
    alice = odus.users.create(email="alice@example.com", password="Str0ng#Pass", role="supportAgent")
    assert [alice] == odus.users.list(role="supportAgent")
    session = odus.post("/_mock/sessions", {"email": alice.email, "password": "Str0ng#Pass"})
    connection = Connection(odus.url)
    assert [] == connection.ask("GET", "/payments", key=session.key).data
    with pytest.raises(OdusApiError, match="a supportAgent lacks the permission PRODUCT_READ"):
        connection.ask("GET", "/products", key=session.key)
    connection.close()
    assert "developer" == odus.users.update(alice, role="developer").role
    assert alice.id == odus.users.delete(alice).id


def test_the_journals_tell_what_happened(odus):
    """Attempts read as gateways and outcomes, events keep the record as it was, the timeline merges it all."""
    payment = odus.pay(500, card="4000000000009995")
    attempts = odus.attempts(payment=payment, operation="authorize")
    assert ["stripe_eu", "adyen_us"] == attempts.gateways
    assert ["insufficient_funds"] * 2 == attempts.outcomes == attempts.declines
    assert ["open"] == [event.data.status for event in odus.events(event_type="payment.created")]
    assert payment.id in odus.timeline(payment=payment)
    assert odus.timeline(format="json")[0].at == odus.now
    assert 201 == odus.requests(path="/payments")[0].status
