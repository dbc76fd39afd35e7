"""Subscriptions, and what they write down to be sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER, Principal
from kb.database import Sessions, transaction
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import Item, now
from kb.push import deliveries, subscriptions
from kb.push.deliveries import DeliveryState, Parcel
from kb.push.subscriptions import Rhythm, Subscription, SubscriptionDraft, Way, next_due
from kb.values import Filters
from kb.vocabulary import Classification, FacetName, Kind
from tests.samples import lesson, store

LESSONS = Filters({FacetName.KIND: (Kind.LESSON,)})
HOOK = SubscriptionDraft("Lessons", "", LESSONS, Way.WEBHOOK, "https://hooks.example.org/x")
INSIDER = Principal("Ida", Classification.INTERNAL, may_write=True)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def hook(session: Session, principal: Principal = LOCAL_USER) -> Subscription:
    return subscriptions.add(session, principal, HOOK, 6)[0]


def collect(session: Session, moment: datetime | None = None) -> int:
    moment = moment or now()
    total = 0
    for one, reader in subscriptions.due(session, list(Way), moment):
        due = next_due(one.rhythm, moment, 6)
        total += deliveries.collect(session, reader, one, one.filters, moment, due)
    return total


def claimed(session: Session, moment: datetime | None = None) -> Parcel:
    found = deliveries.claim(session, list(Way), moment or now())
    assert found is not None
    return found


def refs(parcel: Parcel) -> Sequence[tuple[str, bool]]:
    return sorted((entry.record.head.ref, entry.fresh) for entry in parcel.entries)


@given(MOMENTS, st.integers(0, 23), st.sampled_from((Rhythm.DAILY, Rhythm.WEEKLY)))
def test_a_digest_is_due_next_at_its_hour_and_never_later_than_one_step_away(
    moment: datetime, hour: int, rhythm: Rhythm
) -> None:
    due = next_due(rhythm, moment, hour)
    step = timedelta(days=1 if rhythm is Rhythm.DAILY else 7)
    assert moment < due <= moment + step
    assert (due.hour, due.minute) == (hour, 0)
    assert rhythm is Rhythm.DAILY or due.weekday() == 0
    assert next_due(rhythm, due, hour) == due + step


def test_waits_grow_and_all_tries_fit_into_a_day() -> None:
    waits = [deliveries.wait(number) for number in range(1, deliveries.TRIES)]
    assert waits == sorted(waits)
    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8)]
    assert sum(waits, timedelta()) < timedelta(days=1)


def test_what_is_new_or_changed_is_written_down_once(session: Session) -> None:
    store(session, lesson("Old", ref="O-1"))
    hook(session)
    assert collect(session) == 0
    store(session, lesson("New", ref="N-1"), location="/files/new.csv")
    store(session, lesson("Old", "Told anew.", ref="O-1"))
    assert collect(session) == 2
    assert collect(session) == 0
    parcel = claimed(session)
    assert refs(parcel) == [("N-1", True), ("O-1", False)]
    assert deliveries.claim(session, list(Way), now()) is None
    store(session, lesson("New", "Changed again.", ref="N-1"), location="/files/new.csv")
    assert collect(session) == 1
    assert refs(claimed(session)) == [("N-1", False)]


def test_a_change_that_is_committed_late_is_not_lost(session: Session) -> None:
    hook(session)
    store(session, lesson("First", ref="F-1"))
    moment = now()
    assert collect(session) == 1
    store(session, lesson("Late", ref="L-1"), location="/files/late.csv")
    before = moment - timedelta(microseconds=1)
    session.execute(update(Item).where(Item.ref == "L-1").values(updated_at=before))
    assert collect(session) == 1
    assert collect(session) == 0


def test_the_readers_clearance_holds_when_news_are_found_and_when_they_are_sent(session: Session) -> None:
    hook(session, INSIDER)
    public = lesson("Open", ref="P-1", classification=Classification.PUBLIC)
    store(
        session,
        public,
        lesson("Secret", ref="S-1", classification=Classification.CONFIDENTIAL),
        lesson("Shared", ref="I-1", classification=Classification.INTERNAL),
    )
    assert collect(session) == 2
    session.execute(update(Item).where(Item.ref == "I-1").values(classification=Classification.RESTRICTED))
    assert refs(claimed(session)) == [("P-1", True)]


def test_nothing_is_left_to_send_when_all_of_it_was_withdrawn(session: Session) -> None:
    hook(session)
    store(session, lesson("New", ref="N-1"))
    collect(session)
    session.execute(update(Item).values(withdrawn_at=now()))
    parcel = claimed(session)
    assert parcel.entries == ()
    deliveries.sent(session, parcel)
    [entry], _ = deliveries.log(session, LOCAL_USER, parcel.subscription.id, offset=0, limit=5)
    assert entry.state is DeliveryState.VOID


def test_a_delivery_belongs_to_one_sender_and_falls_due_again_when_that_dies(session: Session) -> None:
    hook(session)
    store(session, lesson("New", ref="N-1"))
    collect(session)
    moment = now()
    first = claimed(session, moment)
    assert deliveries.claim(session, list(Way), moment + timedelta(minutes=5)) is None
    again = claimed(session, moment + timedelta(minutes=11))
    assert (again.key, refs(again)) == (first.key, refs(first))
    deliveries.sent(session, again)
    assert deliveries.claim(session, list(Way), moment + timedelta(days=9)) is None


def test_what_is_never_taken_is_given_up_and_can_be_tried_anew(session: Session) -> None:
    hook(session)
    store(session, lesson("New", ref="N-1"))
    moment = now()
    collect(session, moment)
    states: list[DeliveryState] = []
    keys: set[str] = set()
    for number in range(1, deliveries.TRIES + 1):
        parcel = claimed(session, moment)
        keys.add(parcel.key)
        states.append(deliveries.failed(session, parcel, "It said no.", moment))
        moment += deliveries.wait(number)
    assert states == [*[DeliveryState.WAITING] * (deliveries.TRIES - 1), DeliveryState.DEAD]
    assert len(keys) == 1
    assert deliveries.claim(session, list(Way), moment + timedelta(days=9)) is None
    [entry], total = deliveries.log(session, LOCAL_USER, 1, offset=0, limit=5)
    assert (total, entry.tries, entry.error) == (1, deliveries.TRIES, "It said no.")
    with pytest.raises(NotFoundError):
        deliveries.again(session, INSIDER, 1, entry.id)
    deliveries.again(session, LOCAL_USER, 1, entry.id)
    with pytest.raises(ConflictError):
        deliveries.again(session, LOCAL_USER, 1, entry.id)
    assert claimed(session, now()).key in keys


def test_many_items_are_told_in_several_webhooks(session: Session) -> None:
    hook(session)
    store(session, *(lesson(f"Lesson {number}") for number in range(250)))
    assert collect(session) == 250
    sizes = [len(claimed(session).entries) for _ in range(3)]
    assert sizes == [100, 100, 50]


def test_two_processes_write_news_down_once(sessions: Sessions) -> None:
    with transaction(sessions) as session:
        hook(session)
        store(session, lesson("New", ref="N-1"))
        moment = now()
        [(one, reader)] = subscriptions.due(session, list(Way), moment)
    for expected in (1, 0):
        with transaction(sessions) as session:
            due = moment + timedelta(seconds=1)
            assert deliveries.collect(session, reader, one, LESSONS, moment, due) == expected


def test_a_stopped_subscription_sends_nothing_and_a_resumed_one_what_comes_later(session: Session) -> None:
    one = hook(session)
    store(session, lesson("Before", ref="B-1"))
    subscriptions.stop(session, LOCAL_USER, one.id)
    assert collect(session) == 0
    subscriptions.resume(session, LOCAL_USER, one.id, 6)
    store(session, lesson("After", ref="A-1"), location="/files/after.csv")
    assert collect(session) == 1
    assert refs(claimed(session)) == [("A-1", True)]
    subscriptions.remove(session, LOCAL_USER, one.id)
    assert deliveries.claim(session, list(Way), now() + timedelta(days=1)) is None


def test_a_token_stops_one_subscription_and_no_other(session: Session) -> None:
    first, second = hook(session), hook(session)
    token = subscriptions.recipient(session, LOCAL_USER, first.id).token
    assert subscriptions.stop_by_token(session, token).stopped_at
    assert subscriptions.get(session, LOCAL_USER, second.id).stopped_at is None
    with pytest.raises(NotFoundError):
        subscriptions.stop_by_token(session, token[:-1])


def test_a_subscription_is_nobody_elses(session: Session) -> None:
    number = hook(session).id
    assert subscriptions.listed(session, INSIDER) == []
    for act in (subscriptions.get, subscriptions.stop, subscriptions.remove, subscriptions.recipient):
        with pytest.raises(NotFoundError):
            act(session, INSIDER, number)
    with pytest.raises(NotFoundError):
        deliveries.log(session, INSIDER, number, offset=0, limit=5)


@pytest.mark.parametrize(
    "draft",
    [
        replace(HOOK, filters=Filters()),
        replace(HOOK, address=" "),
        replace(HOOK, way=Way.EMAIL, address="anna"),
        replace(HOOK, way=Way.EMAIL, address="a@example.org\r\nBcc: b@example.org"),
        replace(HOOK, way=Way.EMAIL, address="a@example.org, b@example.org"),
        replace(HOOK, way=Way.EMAIL, address="a@example.org", rhythm=Rhythm.AT_ONCE),
        replace(HOOK, name="x" * 201),
    ],
)
def test_what_makes_no_sense_is_refused(session: Session, draft: SubscriptionDraft) -> None:
    with pytest.raises(InvalidError):
        subscriptions.add(session, LOCAL_USER, draft, 6)


def test_secrets_stand_in_no_representation(session: Session) -> None:
    one, secret = subscriptions.add(session, LOCAL_USER, HOOK, 6)
    recipient = subscriptions.recipient(session, LOCAL_USER, one.id)
    assert secret.startswith("whsec_")
    assert secret == recipient.secret
    assert secret not in repr((one, recipient))
    assert recipient.token not in repr((one, recipient))
