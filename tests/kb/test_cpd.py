"""Hours of professional development by bodies' rules: counted within limits, missing told, cycles found."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import NotFoundError
from kb.learning import cpd
from kb.learning.records import Certificate, Completion
from kb.learning.values import Activity, Result, Side, Subject

TODAY = date(2026, 11, 25)
AT = datetime(2026, 11, 25, tzinfo=UTC)
PMP = cpd.scheme("pmi-60")
APM = cpd.scheme("apm")


def done(
    hours: float | None,
    activity: Activity = Activity.COURSE,
    side: Side | None = None,
    dated: date = TODAY,
    result: Result = Result.COMPLETED,
    reflection: str = "",
) -> Completion:
    about = Subject("", "Something")
    return Completion(
        1, "k", 1, "Ann", about, dated, hours, result, activity, side, "", reflection, "Ann", AT, None
    )


def held(title: str, issued: date, expires: date | None = None) -> Certificate:
    return Certificate(1, "k", 1, "Ann", Subject("", title), "", issued, expires, "", "Ann", AT, None)


@pytest.mark.parametrize(
    ("key", "total", "education", "side", "back", "practitioner"),
    [("pmi-60", 60, 35, 8, 25, 8), ("pmi-30", 30, 18, 4, 12, 4), ("pmi-15", 15, 9, 2, 6, 2)],
)
def test_the_rules_are_those_that_were_published(
    key: str, total: int, education: int, side: int, back: int, practitioner: int
) -> None:
    scheme = cpd.scheme(key)
    assert (scheme.total, scheme.months) == (total, 36)
    limits = {rule.name: rule.least or rule.most for rule in scheme.rules}
    assert limits == {
        "Education": education,
        "Ways of working": side,
        "Power skills": side,
        "Business acumen": side,
        "Working in the certified role": practitioner,
        "Giving back": back,
    }
    with pytest.raises(NotFoundError):
        cpd.scheme("none")


def test_a_cycle_of_the_pmp_tells_what_is_missing() -> None:
    completed = [
        done(20, side=Side.WAYS_OF_WORKING),
        done(5, Activity.READING, Side.POWER_SKILLS),
        done(40, Activity.PRACTITIONER),
        done(20, Activity.VOLUNTEER),
        done(9, dated=date(2020, 1, 1)),
        done(None),
        done(3, result=Result.FAILED),
    ]
    found = cpd.standing(PMP, completed, [], TODAY)
    assert found.total == 25 + 25  # of 8 + 20 given back no more than 25 count
    assert found.missing == (
        "10 PDUs in all",
        "10 PDUs: education",
        "3 PDUs: power skills",
        "8 PDUs: business acumen",
    )
    assert len(found.left_out) == 2
    few = cpd.standing(PMP, [done(40, Activity.PRACTITIONER), done(12, Activity.KNOWLEDGE)], [], TODAY)
    assert few.total == few.lines[-1].counted == 20
    assert {line.rule.name: (line.hours, line.counted) for line in found.lines}["Giving back"] == (60, 25)


def test_apm_asks_for_variety_and_reflection_within_twelve_months() -> None:
    completed = [done(30, reflection="Used."), done(10, dated=TODAY - timedelta(366))]
    found = cpd.standing(APM, completed, [], TODAY)
    assert (found.start, found.end) == (date(2025, 11, 26), TODAY)
    assert found.missing == ("5 hours in all", "another way of learning")
    enough = cpd.standing(APM, [done(30, reflection="Used."), done(5, Activity.KNOWLEDGE)], [], TODAY)
    assert enough.missing == ("what came of it, for 1 of what was completed",)


@pytest.mark.parametrize(
    ("certificate", "start", "end"),
    [
        (held("Professional (PMP)", date(2025, 2, 28), date(2028, 2, 28)), (2025, 3, 1), (2028, 2, 29)),
        (held("PMP", date(2020, 3, 5)), (2026, 3, 5), (2029, 3, 4)),
        (held("PMPlus", date(2020, 3, 5)), (2023, 11, 26), (2026, 11, 25)),
        (held("PMP", date(2019, 1, 1), date(2022, 1, 1)), (2023, 11, 26), (2026, 11, 25)),
    ],
)  # fmt: skip
def test_a_cycle_follows_the_certificate(
    certificate: Certificate, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    found = cpd.standing(PMP, [], [certificate], TODAY)
    assert (found.start, found.end) == (date(*start), date(*end))


@given(st.dictionaries(st.sampled_from(list(Activity)), st.integers(0, 5), max_size=4))
def test_no_choice_of_hours_within_the_limits_counts_more(hours: dict[Activity, int]) -> None:
    """Each way of learning may give any number of its hours; the most within all limits is what counts."""
    scheme = cpd.scheme("pmi-15")
    limits = [rule for rule in scheme.rules if rule.most is not None]

    def allowed(choice: dict[Activity, int]) -> bool:
        return all(
            sum(
                number
                for way, number in choice.items()
                if way is rule.activity or (not rule.activity and cpd.group(way, "pmi") == rule.group)
            )
            <= (rule.most or 0)
            for rule in limits
        )

    choices = (dict(zip(hours, one, strict=True)) for one in product(*(range(n + 1) for n in hours.values())))
    most = max(sum(choice.values()) for choice in choices if allowed(choice))
    counted = cpd.standing(scheme, [done(n, way) for way, n in hours.items()], [], TODAY).total
    assert counted == most
