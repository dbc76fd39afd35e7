"""Actions, change requests, applications, relations and the review clock."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from kb import drafts, facets, items, library
from kb.access import LOCAL_USER, Principal
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.life import actions, applications, changes, lessons, relations, reviews
from kb.life.applications import ApplicationDraft, Record, Worth
from kb.life.lifecycle import Move
from kb.values import DocumentFields, Filters, ItemDraft, LessonFields, TemplateFields
from kb.vocabulary import (
    ActionState,
    ChangeState,
    Classification,
    FacetName,
    Kind,
    Link,
    Outcome,
    ReviewState,
    Role,
    Status,
    Target,
)
from tests.samples import lesson, store

TODAY = date(2026, 11, 25)
ANNA = Principal("Anna", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
BERT = Principal("Bert", Classification.INTERNAL, may_write=True, roles=frozenset({Role.COORDINATOR}))
EDITH = Principal("Edith", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONSULTANT}))


def _endorsed(session: Session, title: str = "Late pumps", **changed: object) -> str:
    fields = LessonFields(event="Pumps were late.", recommendation="Confirm dates.")
    draft = replace(lesson(title, fields=fields, status=Status.SUBMITTED), **changed)  # pyright: ignore[reportArgumentType]
    ref = items.summaries(session, LOCAL_USER, [library.write(session, ANNA, draft)])
    [found] = ref.values()
    lessons.move(session, BERT, found.ref, Move.ENDORSE)
    return found.ref


def _template(session: Session) -> str:
    body = "## Purpose\n\nOrder things.\n\n## Fields\n\nDelivery: the week."
    draft = ItemDraft(
        Kind.TEMPLATE, "Order form", body, TemplateFields(purpose="Order things."), ref="HS-T-9"
    )
    library.write(session, EDITH, draft)
    return "HS-T-9"


def test_an_accepted_change_closes_its_action(session: Session) -> None:
    ref, target = _endorsed(session), _template(session)
    number = actions.add(session, ANNA, ref, what="Ask for the day", target=Target.TEMPLATE, owner="Anna")
    request = changes.propose(
        session, ANNA, number, target, present="Delivery: the week.", proposed="Delivery: the day."
    )
    assert [change.id for change in changes.waiting_for(session, LOCAL_USER, target)] == [request]
    body = changes.changed_body(session, EDITH, request)
    assert body.endswith(f"Delivery: the day. (Lesson {ref})")
    library.write(session, EDITH, replace(drafts.of_item(session, EDITH, target), body=body), target)
    changes.accept(session, EDITH, request, items.get(session, EDITH, target).version)
    [action] = actions.of_lesson(session, ANNA, ref)
    assert action.state is ActionState.DONE
    assert action.evidence == "HS-T-9 version 2 says it, accepted by Edith."
    assert changes.waiting_for(session, LOCAL_USER) == []
    [decided] = changes.of_target(session, ANNA, target)
    assert (decided.state, decided.version, decided.decided_by) == (ChangeState.ACCEPTED, 2, "Edith")
    with pytest.raises(ConflictError, match="Edith decided this already"):
        changes.reject(session, EDITH, request, "no")
    assert changes.of_lesson(session, ANNA, ref) == [decided]


def test_a_change_needs_words_that_are_there_once(session: Session) -> None:
    ref, target = _endorsed(session), _template(session)
    number = actions.add(session, ANNA, ref, what="Ask for the day", target=Target.TEMPLATE, owner="Anna")
    for present, proposed, why in (
        ("Delivery: never.", "x", "do not stand"),
        ("e", "x", "more than once"),
        ("Order things.", " Order things. ", "to be instead"),
    ):
        with pytest.raises(InvalidError, match=why):
            changes.propose(session, ANNA, number, target, present=present, proposed=proposed)
    with pytest.raises(InvalidError, match="not other lessons"):
        changes.propose(session, ANNA, number, ref, present="", proposed="x")
    request = changes.propose(session, ANNA, number, target, present="Order things.", proposed="Order early.")
    library.write(session, EDITH, replace(drafts.of_item(session, EDITH, target), body="New."), target)
    with pytest.raises(ConflictError, match="HS-T-9 has changed since"):
        changes.changed_body(session, EDITH, request)
    changes.reject(session, EDITH, request, "The form is new.")
    assert changes.get(session, ANNA, request).reason == "The form is new."
    [action] = actions.of_lesson(session, ANNA, ref)
    assert action.state is ActionState.OPEN


def test_requests_against_what_may_not_be_read_are_hidden(session: Session) -> None:
    ref = _endorsed(session)
    secret = ItemDraft(
        Kind.DOCUMENT,
        "Plan",
        "Text.",
        DocumentFields(),
        ref="HS-D-9",
        classification=Classification.CONFIDENTIAL,
    )
    library.write(session, LOCAL_USER, secret)
    number = actions.add(session, ANNA, ref, what="Say it", target=Target.PROCESS, owner="Anna")
    changes.propose(session, LOCAL_USER, number, "HS-D-9", present="", proposed="More.")
    assert changes.of_lesson(session, ANNA, ref) == []
    assert changes.waiting_for(session, ANNA) == []
    with pytest.raises(NotFoundError):
        changes.of_target(session, ANNA, "HS-D-9")


def test_actions_are_overdue_and_owned(session: Session) -> None:
    ref = _endorsed(session)
    actions.add(
        session, ANNA, ref, what="Train", target=Target.TRAINING, owner=" Carl  Day ", due=date(2026, 11, 1)
    )
    actions.add(session, ANNA, ref, what="Tool", target=Target.TOOL, owner="Dora")
    first, second = actions.unfinished(session, ANNA)
    assert (first.owner, first.overdue(TODAY), second.overdue(TODAY)) == ("Carl Day", True, False)
    assert actions.unfinished(session, ANNA, "Dora") == [second]
    with pytest.raises(InvalidError, match="shows that it is done"):
        actions.finish(session, ANNA, first.id, " ")


def test_applications_are_counted_and_worth_something_once_approved(session: Session) -> None:
    ref = _endorsed(session)
    item = items.get(session, ANNA, ref).head.id
    first = applications.record(
        session, ANNA, ref, ApplicationDraft("Bridge", True, "", Outcome.EFFECTIVE, 5000.0, "GBP", 3.0)
    )
    applications.record(session, ANNA, ref, ApplicationDraft("Tunnel", True, "", Outcome.NOT_EFFECTIVE))
    applications.record(session, ANNA, ref, ApplicationDraft("Dam", False, "No pumps there."))
    assert applications.records(session, ANNA, [item]) == {item: Record(applied=2, worked=1, failed=1)}
    assert applications.worth(session, ANNA) == []
    with pytest.raises(NotFoundError):
        applications.approve(session, ANNA, first)
    applications.approve(session, BERT, first)
    assert applications.worth(session, ANNA, ref) == [Worth("GBP", 5000.0, 3.0, 1)]
    applications.change_outcome(session, ANNA, first, Outcome.RECURRENCE, "Late again in May.")
    assert applications.worth(session, ANNA) == []
    told = applications.of_item(session, ANNA, ref)
    assert [one.said.project for one in told] == ["Dam", "Tunnel", "Bridge"]
    assert applications.listed(session, ANNA, offset=1, limit=1) == [told[1]]


def test_one_does_not_approve_ones_own_record(session: Session) -> None:
    ref = _endorsed(session)
    number = applications.record(session, BERT, ref, ApplicationDraft("Bridge", True))
    with pytest.raises(ConflictError, match="other than its author"):
        applications.approve(session, BERT, number)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (ApplicationDraft(" ", True), "Name the project"),
        (ApplicationDraft("Dam", False), "why it was not applied"),
        (ApplicationDraft("Dam", False, "No.", Outcome.EFFECTIVE), "no effect to report"),
        (ApplicationDraft("Dam", True, saved=4.0), "currency"),
        (ApplicationDraft("Dam", True, days=float("inf")), "no sum"),
    ],
)
def test_senseless_records_are_refused(session: Session, said: ApplicationDraft, why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        applications.record(session, ANNA, _endorsed(session), said)


def test_a_superseded_lesson_is_out_of_use_and_both_tell_of_it(session: Session) -> None:
    old, new = _endorsed(session, "Old"), _endorsed(session, "New")
    relations.relate(session, BERT, new, Link.SUPERSEDES, old, "It measures.")
    assert items.get(session, ANNA, old).head.status is Status.SUPERSEDED
    [told] = relations.of_item(session, ANNA, old)
    assert (told.item.ref, told.link, told.outgoing) == (new, Link.SUPERSEDES, False)
    with pytest.raises(ConflictError, match="noted already"):
        relations.relate(session, BERT, new, Link.SUPERSEDES, old)
    with pytest.raises(NotFoundError):
        relations.relate(session, ANNA, new, Link.SUPERSEDES, old)
    with pytest.raises(InvalidError, match="itself"):
        relations.relate(session, ANNA, new, Link.SUPPORTS, new)
    relations.part(session, ANNA, new, Link.SUPERSEDES, old)
    assert relations.of_item(session, ANNA, old) == []


def test_contradictions_are_listed_unless_one_is_hidden(session: Session) -> None:
    one, other = _endorsed(session, "One"), _endorsed(session, "Other")
    relations.relate(session, ANNA, one, Link.CONTRADICTS, other)
    [(a, b)] = relations.disagreeing(session, ANNA)
    assert (a.ref, b.ref) == (one, other)
    secret = replace(drafts.of_item(session, LOCAL_USER, other), classification=Classification.CONFIDENTIAL)
    library.write(session, LOCAL_USER, secret, other)
    assert relations.disagreeing(session, ANNA) == []
    assert relations.of_item(session, ANNA, one) == []


def test_the_review_clock(session: Session) -> None:
    for title, day in (
        ("A", date(2026, 1, 1)),
        ("B", date(2026, 12, 1)),
        ("C", date(2027, 6, 1)),
        ("D", None),
    ):
        _endorsed(session, title, review_date=day, owner="Carl")
    assert reviews.counts(session, ANNA, TODAY) == {
        ReviewState.OVERDUE: 1,
        ReviewState.DUE_SOON: 1,
        ReviewState.CURRENT: 1,
        ReviewState.UNSET: 1,
    }
    for wanted in ReviewState:
        [due] = reviews.listed(session, ANNA, wanted, TODAY, offset=0, limit=9)
        assert due.state is reviews.state(due.review_date, TODAY) is wanted
    [late] = reviews.listed(session, ANNA, ReviewState.OVERDUE, TODAY, owner="Carl", offset=0, limit=9)
    reviews.confirm(session, ANNA, late.item.ref, date(2027, 11, 25), TODAY)
    assert reviews.counts(session, ANNA, TODAY)[ReviewState.OVERDUE] == 0
    with pytest.raises(InvalidError, match="future"):
        reviews.confirm(session, ANNA, late.item.ref, TODAY, TODAY)


def test_what_a_leaver_owned_is_somebody_elses(session: Session) -> None:
    refs = [_endorsed(session, title, owner="Carl") for title in ("A", "B")]
    assert reviews.reassign(session, BERT, "Carl", "Dora", refs[:1]) == 1
    assert reviews.owners(session, ANNA) == [("Carl", 1), ("Dora", 1)]
    assert reviews.reassign(session, BERT, "Carl", "Dora") == 1
    assert facets.matching(session, ANNA, Filters({FacetName.OWNER: ("dora",)})) == facets.matching(
        session, ANNA, Filters()
    )
    edited = replace(drafts.of_item(session, ANNA, refs[0]), body="Else.")
    library.write(session, ANNA, edited, refs[0])
    assert items.get(session, ANNA, refs[0]).owner == "Dora"
    with pytest.raises(InvalidError, match="somebody else"):
        reviews.reassign(session, BERT, "Dora", " Dora ")


def test_what_was_edited_here_is_not_undone_by_reading_its_file_again(session: Session) -> None:
    row = lesson("Late", key="1", status=Status.SUBMITTED)
    store(session, row)
    [ref] = [s.ref for s in items.browse(session, LOCAL_USER, Filters(), offset=0, limit=1)]
    library.write(session, ANNA, replace(drafts.of_item(session, ANNA, ref), body="Edited."), ref)
    store(session, row, digest="b" * 64)
    store(session, row, reader="reader 2", digest="c" * 64)
    assert items.get(session, ANNA, ref).body == "Edited."
    store(session, digest="d" * 64)
    store(session, row, digest="e" * 64)
    assert items.get(session, ANNA, ref).body == "Edited."
    store(session, replace(row, body="From the file."), digest="f" * 64)
    item = items.get(session, ANNA, ref)
    assert (item.body, item.version) == ("From the file.", 3)


def test_a_file_that_comes_back_leaves_a_lesson_where_it_was(session: Session) -> None:
    row = lesson("Late", key="1")
    store(session, row)
    [ref] = [s.ref for s in items.browse(session, LOCAL_USER, Filters(), offset=0, limit=1)]
    lessons.move(session, BERT, ref, Move.ENDORSE)
    store(session)
    store(session, row, digest="b" * 64)
    assert items.get(session, ANNA, ref).head.status is Status.ENDORSED
    store(session, replace(row, body="Other."), digest="c" * 64)
    assert items.get(session, ANNA, ref).head.status is Status.SUBMITTED
    assert [e.move for e in lessons.history(session, ANNA, ref)] == [Move.ENDORSE, Move.EDIT]


def test_writing_the_same_again_makes_no_version(session: Session) -> None:
    ref = _endorsed(session)
    same = drafts.of_item(session, ANNA, ref)
    library.write(session, ANNA, replace(same, body="New."), ref)
    again = drafts.of_item(session, ANNA, ref)
    library.write(session, ANNA, again, ref)
    library.write(session, ANNA, again, ref)
    assert items.get(session, ANNA, ref).version <= 3
    with pytest.raises(ConflictError, match="is a lesson, not a document"):
        library.write(session, ANNA, ItemDraft(Kind.DOCUMENT, "x", "y", DocumentFields()), ref)
