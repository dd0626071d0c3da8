"""What may be typed in as a card, and what is kept of it."""

import pytest

from mock_odus.engine import cards
from mock_odus.engine.errors import Invalid


@pytest.fixture
def tokenize(shop):
    return lambda *args, **fields: cards.tokenize(shop.world, shop.card(*args, **fields))


@pytest.fixture
def problems(tokenize):
    def told(*args, **fields):
        with pytest.raises(Invalid) as caught:
            tokenize(*args, **fields)
        return list(caught.value.problems)

    return told


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242424242424242", "visa"),
        ("4222222222222", "visa"),
        ("5555555555554444", "mastercard"),
        ("5105105105105100", "mastercard"),
        ("2223003122003222", "mastercard"),
        ("2720990000000007", "mastercard"),
        ("378282246310005", "amex"),
        ("343434343434343", "amex"),
        ("6011111111111117", "discover"),
        ("6500000000000002", "discover"),
        ("6445644564456445", "discover"),
        ("30569309025904", "diners"),
        ("36227206271667", "diners"),
        ("3566002020360505", "jcb"),
        ("6200000000000005", "unionpay"),
        ("9999999999999995", "unknown"),
    ],
)
def test_the_brand_is_in_the_first_digits(tokenize, number, brand):
    """The number's beginning says whose card it is; its end and its first six digits are kept."""
    card = tokenize(number)
    assert (brand, number[-4:], number[:6]) == (card.brand, card.last_four, card.first_six)


@pytest.mark.parametrize(
    "number",
    [
        "4242424242424241",
        "4242424242424224",
        "42424242424",
        "42424242424242424242",
        "00000000000",
        "4242-4242 4242 4241",
    ],
)
def test_a_wrong_number_is_told_without_repeating_it(problems, number):
    """The check digit and 12 to 19 digits; the message does not hold the number."""
    assert ["card.number is not a valid card number"] == problems(number)


@pytest.mark.parametrize("number", ["4242 4242 4242 4242", "4242-4242-4242-4242", "4242424242424242"])
def test_spaces_and_dashes_do_not_matter(tokenize, number):
    """However it is grouped, it is the same card."""
    assert tokenize("4242424242424242") == tokenize(number)


def test_a_known_test_number_needs_no_check_digit(tokenize):
    """Some documented test numbers fail the check; they are taken by their name."""
    assert "test/4258" == tokenize("4242 4242 4242 4258").test_card


def test_nineteen_digits_are_a_card(tokenize):
    """The longest number there is."""
    assert "0000" == tokenize("6200000000000000000").last_four


@pytest.mark.parametrize(
    ("month", "year"),
    [(12, 2030), ("12", "2030"), ("12", "30"), (12, 30), ("12", 2030), ("012", "030")],
)
def test_month_and_year_are_text_or_numbers(tokenize, month, year):
    """Either is taken as text or as a number, the year with two digits or four; they are kept as text."""
    card = tokenize(exp_month=month, exp_year=year)
    assert ("12", "2030") == (card.exp_month, card.exp_year)


def test_forty_is_2040(tokenize):
    """A year of two digits lies in this century, and a month of one digit is kept with two."""
    card = tokenize(exp_month="1", exp_year="40")
    assert ("01", "2040") == (card.exp_month, card.exp_year)


@pytest.mark.parametrize("month", [0, 13, -1, "", "jan", "1.5", "12345"])
def test_a_month_is_one_of_twelve(problems, month):
    """Anything but 1 to 12 is told with the field's path."""
    assert ["card.expMonth must be a month from 1 to 12"] == problems(exp_month=month)


@pytest.mark.parametrize("year", [1999, 2100, 140, -1, "", "soon", "20300"])
def test_a_year_is_one_of_this_century(problems, year):
    """Anything but 2000 to 2099, or its last two digits, is told with the field's path."""
    assert ["card.expYear must be a year such as 2030 or 30"] == problems(exp_year=year)


@pytest.mark.parametrize(
    ("now", "is_good"),
    [
        ("2026-01-01T00:00:00.000Z", True),
        ("2026-02-28T23:59:59.999Z", True),
        ("2026-03-01T00:00:00.000Z", False),
        ("2027-01-01T00:00:00.000Z", False),
    ],
)
def test_a_card_is_good_until_the_end_of_its_month(shop, tokenize, problems, now, is_good):
    """Its expiry is held against the sandbox's clock."""
    shop.world.advance(now)
    if is_good:
        assert "02" == tokenize(exp_month=2, exp_year=2026).exp_month
    else:
        expected = f"card.expYear and card.expMonth are in the past: the sandbox's clock is at {now}"
        assert [expected] == problems(exp_month=2, exp_year=2026)


def test_every_problem_is_told(problems):
    """A wrong number does not hide that the card has expired as well."""
    told = problems("4242424242424241", exp_month=1, exp_year=2020)
    assert ["card.number", "card.expYear"] == [problem.split()[0] for problem in told]


def test_the_number_is_forgotten(tokenize, shop):
    """Neither the kept card nor the typed-in one shows the number."""
    number = "4000056655665556"
    assert number not in repr(tokenize(number))
    assert number not in repr(shop.card(number))


def test_a_fingerprint_is_the_number_in_one_sandbox(tokenize, open_shop):
    """Equal numbers have equal fingerprints whatever else is typed in; another seed has others."""
    one = tokenize("4242424242424242", exp_year=2030).fingerprint
    assert one == tokenize("4242 4242 4242 4242", exp_year=2031, cardholder_name="Jane").fingerprint
    assert one != tokenize("5555555555554444").fingerprint
    other = open_shop(seed=8)
    assert one != cards.tokenize(other.world, other.card()).fingerprint


def test_a_known_test_number_is_kept_by_name(tokenize, shop):
    """The gateway knows the number's name; an unknown one has none."""
    assert "test/4242" == tokenize().test_card
    assert tokenize(shop.gateway.unknown).test_card is None


@pytest.mark.parametrize("name", ["4242 4242 4242 4242", "Jane 4242424242424242"])
def test_a_number_in_the_holders_place_is_struck_out(tokenize, name):
    """A browser that fills in the wrong field has nothing of it kept."""
    kept = tokenize("4242 4242 4242 4242", cardholder_name=name).cardholder_name

    assert "4242" not in kept
    assert "*" in kept
