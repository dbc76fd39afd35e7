"""What people are reminded of: in calendars that other programs read, in digests, on the command line."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from kb.database import transaction
from kb.errors import NotFoundError
from kb.learning import assignments, calendars, readings, records, reminders
from kb.learning.assignments import AssignmentDraft
from kb.learning.records import CertificateDraft
from kb.learning.reminders import Cause, Reminder
from kb.learning.values import Subject
from kb.models import Assignment, now
from kb.push import subscriptions
from kb.push.subscriptions import Rhythm, SubscriptionDraft, Way
from kb.settings import Smtp
from kb.values import Filters
from kb.vocabulary import FacetName, Kind, Role
from tests.web.commands import kb
from tests.web.receiving import mail_server
from tests.web.roles import client_of
from tests.web.test_learners import ANN, BOB, TESS
from web import wiring
from web.base import work
from web.push import pushing
from web.wiring import Services

TODAY = now().date()
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.fixture
def due(courses: Services) -> Services:
    """Ann is to take a course in eight days, reads a guide late, and holds a certificate that ends."""
    with transaction(courses.sessions) as session:
        assignments.assign(session, TESS, AssignmentDraft(("C-1",), ("Ann",), due=TODAY + timedelta(8)))
        (guide,) = assignments.assign(session, TESS, AssignmentDraft(("D-1",), ("Ann",), due=TODAY))
        session.get_one(Assignment, guide.number).due = TODAY - timedelta(1)
        held = CertificateDraft("Ann", date(2024, 1, 1), title="PMP", expires=TODAY + timedelta(60))
        records.certify(session, ANN, held)
    return courses


def events(body: bytes) -> dict[str, tuple[str, date, date]]:
    """Title, first day and the day after it of each event, by its UID."""
    calendar: Any = Calendar.from_ical(body)
    assert calendar["version"] == "2.0"
    found = [event for event in calendar.walk("VEVENT") if isinstance(event["dtstamp"].dt, datetime)]
    assert all(event["dtstamp"].dt.utcoffset() == timedelta(0) for event in found)
    return {str(one["uid"]): (str(one["summary"]), one["dtstart"].dt, one["dtend"].dt) for one in found}


def test_a_calendar_reads_back_and_its_events_stay_the_same(due: Services) -> None:
    ann = client_of(due, "Ann", Role.CONTRIBUTOR)
    number = ann.get("/api/v1/my-learning").json()["number"]
    answer = ann.get(f"/api/v1/learners/{number}/calendar")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    first = events(answer.content)
    days = [TODAY - timedelta(1), TODAY + timedelta(8), TODAY + timedelta(60)]
    assert sorted(first.values(), key=lambda one: one[1]) == [
        (title, day, day + timedelta(1))
        for title, day in zip(("Read: The guide", "Complete: To listen", "Renew: PMP"), days, strict=True)
    ]
    with transaction(due.sessions) as session:
        assignments.assign(session, TESS, AssignmentDraft(("C-1",), ("Ann",), due=TODAY + timedelta(9)))
        readings.confirm(session, ANN, "D-1")
    second = events(ann.get(f"/learners/{number}/learning/calendar.ics").content)
    assert second.keys() < first.keys()
    assert {title for title, _, _ in second.values()} == {"Complete: To listen", "Renew: PMP"}
    assert (
        client_of(due, "Bob", Role.CONTRIBUTOR).get(f"/api/v1/learners/{number}/calendar").status_code == 404
    )


def test_an_address_opens_one_calendar_until_it_is_closed(due: Services) -> None:
    ann, nobody = client_of(due, "Ann", Role.CONTRIBUTOR), client_of(due, "")
    shown = opened_after(ann.post("/learning/calendar").text)
    path = shown[shown.index("/calendars/") :]
    assert len(events(nobody.get(path).content)) == 3
    other = ann.post("/api/v1/my-learning/calendar-address").json()["url"]
    assert nobody.get(path).status_code == 404
    path = other[other.index("/calendars/") :]
    assert nobody.get(path).status_code == 200
    assert ann.delete("/api/v1/my-learning/calendar-address").status_code == 204
    assert nobody.get(path).status_code == 404
    with due.sessions() as session, pytest.raises(NotFoundError):
        calendars.of_token(session, "")


def opened_after(text: str) -> str:
    return BeautifulSoup(text, "html.parser").select(".asked")[0].get_text()


def test_reminders_are_those_of_the_next_days(due: Services) -> None:
    ann = client_of(due, "Ann", Role.CONTRIBUTOR)
    number = ann.get("/api/v1/my-learning").json()["number"]
    address = f"/api/v1/learners/{number}/reminders"
    soon = ann.get(address, params={"days": 8}).json()
    assert [(one["cause"], one["late"]) for one in soon] == [("read", True), ("learn", False)]
    assert len(ann.get(address, params={"days": 60}).json()) == 3
    with due.sessions() as session:
        assert len(reminders.own(session, ANN, TODAY)) == 3
        assert reminders.own(session, BOB, TODAY) == []
    assert "Read: The guide  late" in kb(due.settings.data, "learner", "reminders", "Ann").stdout


def test_the_command_writes_a_calendar(due: Services, tmp_path: Path) -> None:
    target = tmp_path / "x.ics"
    kb(due.settings.data, "learner", "calendar", "Ann", "-o", str(target))
    assert len(events(target.read_bytes())) == 3


def test_a_digest_reminds_also_when_there_is_no_news(due: Services) -> None:
    moment = now()
    work.sync(due)
    with mail_server() as mailbox:
        smtp = Smtp(host="127.0.0.1", port=mailbox.port, tls="none")  # pyright: ignore[reportArgumentType]
        services = wiring.build(due.settings.model_copy(update={"smtp": smtp}))
        with transaction(services.sessions) as session:
            lessons = Filters({FacetName.KIND: (Kind.LESSON,)})
            draft = SubscriptionDraft("Lessons", "", lessons, Way.EMAIL, "ann@example.org", Rhythm.DAILY)
            subscriptions.add(session, ANN, draft, 6)
            subscriptions.add(session, BOB, draft, 6)
        tally = pushing.run(services, subscriptions.next_due(Rhythm.DAILY, moment, 6))
        services.close()
        (message,) = mailbox.messages
    assert (tally.found, tally.sent) == (0, 1)
    assert message["Subject"] == "Lessons: 3 reminders"
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Read: The guide, is overdue since" in text
    assert "Renew: PMP, by" in text


@given(DAYS, st.integers(0, 40), st.integers(1, 30), st.sampled_from(list(Cause)))
def test_no_day_is_told_twice_or_left_out_however_often_one_looks(
    day: date, offset: int, step: int, cause: Cause
) -> None:
    one = Reminder("k", cause, Subject("", "x"), day, datetime(2020, 1, 1, tzinfo=UTC))
    start = day - timedelta(offset)
    end = start + timedelta(step * 4)
    by_day = sum(one.told_between(start + timedelta(n), start + timedelta(n + 1)) for n in range(step * 4))
    by_step = [
        one.told_between(start + timedelta(step * n), start + timedelta(step * (n + 1))) for n in range(4)
    ]
    assert one.told_between(start, end) == any(by_step) == (by_day > 0)
