"""What a duration may say, and the advice for one that says something else."""

import pytest

from monitor.worktime import Duration, Unit


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("336 hours", 336, Unit.HOURS),
        ("1 hour", 1, Unit.HOURS),
        ("14 days", 14, Unit.DAYS),
        ("1 day", 1, Unit.DAYS),
        ("14days", 14, Unit.DAYS),
        ("  10   working \n days ", 10, Unit.WORKING_DAYS),
        ("1 working day", 1, Unit.WORKING_DAYS),
        ("80 working hours", 80, Unit.WORKING_HOURS),
        ("3650 days", 3650, Unit.DAYS),
        ("87600 hours", 87600, Unit.HOURS),
    ],
)
def test_a_duration_names_its_clock(text: str, amount: int, unit: Unit) -> None:
    assert Duration.parse(text) == Duration(amount, unit)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3 dyas", 'is not a duration (try "3 days" or "2 working days")'),
        ("3 Days", 'is not a duration (try "3 days" or "2 working days")'),
        ("3 workin days", 'is not a duration (try "3 working days")'),
        ("4 housr", 'is not a duration (try "4 hours")'),
        ("5 workdays", 'is not a duration (try "5 working days")'),
        ("2 business days", 'is not a duration (try "2 working days")'),
        ("1 business day", 'is not a duration (try "1 working day")'),
        ("8 office hours", 'is not a duration (try "8 working hours")'),
        ("14d", 'is not a duration (try "14 days")'),
        ("2 weeks", 'is not a duration (try "14 days")'),
        ("2 months", 'is not a duration (try "60 days")'),
        ("1 fortnight", 'is not a duration (try "14 days")'),
        ("10 arbeidsdager", 'is not a duration (try "10 working days")'),
        ("five working days", 'is not a duration (try "5 working days")'),
        ("Twelve hrs", 'is not a duration (try "12 hours")'),
        ("a week", 'is not a duration (try "7 days")'),
        ("a while", 'is not a duration (try "3 days" or "2 working days")'),
        ("five", '"five" is not a duration (try "3 days" or "2 working days")'),
        ("1 day 4 hours", 'is not a duration (one unit only: try "28 hours")'),
        ("1 day and 4 hours", 'is not a duration (one unit only: try "28 hours")'),
        ("1d, 4h", 'is not a duration (one unit only: try "28 hours")'),
        ("2 weeks 3 days", 'is not a duration (one unit only: try "17 days")'),
        ("1 wd 2 working days", '(one unit only: try "3 working days")'),
        ("2 working days 4 hours", '(one unit only: try "3 days" or "2 working days")'),
        ("1 hour 30 minutes", '(one unit only: try "3 days" or "2 working days")'),
        ("0 days 0 hours", '(one unit only: try "3 days" or "2 working days")'),
        ("1 day 99999999999999 hours", '(one unit only: try "87600 hours")'),
        ("9999 weeks", 'is not a duration (try "3650 days")'),
        ("-3 dyas", 'is not a duration (try "3 days" or "2 working days")'),
        ("0 weeks", 'is not a duration (try "1 day")'),
        ("5 elephants", 'is not a duration (try "3 days" or "2 working days")'),
        ("soon", '"soon" is not a duration (try "3 days" or "2 working days")'),
        (None, '"" is not a duration (try "3 days" or "2 working days")'),
        (True, '"True" is not a duration (try "3 days" or "2 working days")'),
        ("1.5 days", '"1.5 days" is not a whole number (try "2 days")'),
        ("0,5 weeks", '"0,5 weeks" is not a whole number (try "7 days")'),
        ("0 working hours", "is no time at all (write at least"),
        ("-2 days", '"-2 days" is negative (write at least "1 day")'),
        ("-1 working days", 'is negative (write at least "1 working day")'),
        ("3651 days", '"3651 days" is too long (write at most "3650 days")'),
        ("87601 working hours", 'at most "87600 working hours")'),
    ],
)
def test_a_bad_duration_says_what_to_write(text: object, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is checked
        Duration.parse(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("number", [14, "15", 14.5, "-3"])
def test_a_bare_number_is_an_error(number: object) -> None:
    with pytest.raises(ValueError, match=r'names no clock \(write "14 days", "10 work'):
        Duration.parse(number)


def test_a_duration_cannot_be_built_empty() -> None:
    with pytest.raises(ValueError, match="no time at all"):
        Duration(0, Unit.HOURS)


@pytest.mark.parametrize(
    "text", ["14 days", "1 day", "1 working hour", "2 working days"]
)
def test_a_duration_prints_as_it_is_written(text: str) -> None:
    assert str(Duration.parse(text)) == text
