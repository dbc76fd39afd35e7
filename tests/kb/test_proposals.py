"""Proposals: who sees them, what is remembered when a document changes."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ingest import markdown, rewriting
from ingest.mining import drafting, observations
from kb import items, library
from kb.access import LOCAL_USER, Principal
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.proposals import records
from kb.proposals.records import Kept, Proposed
from kb.values import DocumentFields, ItemDraft, Locator, PassageDraft
from kb.vocabulary import Classification, DocumentKind, Kind, ProposalState, Role, Status
from tests.samples import lesson

ANNA = Principal("Anna", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
READER = replace(ANNA, name="Rolf", roles=frozenset({Role.READER}))
FIRST = "The permit was delayed because nobody had asked the county."
SECOND = "In hindsight we should have asked in January."
BODY = f"## Summary\n\n{FIRST}\n\n## Lessons\n\n- {SECOND}\n"


def document(ref: str = "D-1", body: str = BODY, **changes: Any) -> ItemDraft:
    draft = ItemDraft(
        Kind.DOCUMENT, f"Report {ref}", "", DocumentFields(DocumentKind.REPORT), ref=ref, project="Tram"
    )
    return rewriting.rewritten(replace(draft, **changes), body)


def write(session: Session, draft: ItemDraft, *, again: bool = False) -> None:
    library.write(session, LOCAL_USER, draft, draft.ref if again else None)


def mine(session: Session, ref: str = "D-1") -> Kept:
    item = records.text(session, LOCAL_USER, ref)
    found = observations.mine(markdown.parse(item.body), item.head.title)
    return records.keep(session, LOCAL_USER, item, found)


def waiting(session: Session, who: Principal = LOCAL_USER) -> list[Proposed]:
    return records.listed(session, who, offset=0, limit=9)


def test_a_proposal_keeps_its_document_place_words_and_reason(session: Session) -> None:
    write(session, document())
    assert mine(session) == Kept(new=2, open=2, decided=0)
    surest, other = waiting(session)
    assert surest.quotes == (SECOND,)
    assert surest.headings == "Lessons"
    assert (surest.document.ref, surest.version) == ("D-1", 1)
    assert SECOND in BODY[surest.locator.start : surest.locator.end]
    assert 0.5 <= other.confidence < surest.confidence < 1
    assert "says “delayed”, “because”" in other.reason
    assert other.said.causes == "because nobody had asked the county"


def test_its_page_is_that_of_the_passage_in_which_it_begins(session: Session) -> None:
    draft = document()
    at = BODY.index("## Lessons")
    pieces = ((BODY[:at], Locator(0, at, page=3)), (BODY[at:], Locator(at, len(BODY), page=4)))
    passages = tuple(PassageDraft((), text, place) for text, place in pieces)
    write(session, replace(draft, passages=passages))
    mine(session)
    assert [(one.passage, str(one.locator)) for one in waiting(session)] == [(1, "page 4"), (0, "page 3")]


def test_it_is_seen_and_counted_only_by_those_who_may_read_the_document(session: Session) -> None:
    write(session, document())
    write(session, document("D-2", classification=Classification.CONFIDENTIAL))
    mine(session)
    mine(session, "D-2")
    seen = {who.name: records.count(session, who) for who in (ANNA, LOCAL_USER)}
    assert seen == {"Anna": 2, "local": 4}
    assert {one.document.ref for one in waiting(session, ANNA)} == {"D-1"}
    assert [doc.ref for doc, _ in records.documents(session, ANNA, ProposalState.OPEN, 9)] == ["D-1"]
    hidden = next(one.id for one in waiting(session) if one.document.ref == "D-2")
    with pytest.raises(NotFoundError):
        records.get(session, ANNA, hidden)
    with pytest.raises(NotFoundError):
        records.dismiss(session, ANNA, hidden, "No.")
    with pytest.raises(NotFoundError):
        records.listed(session, ANNA, document="D-2", offset=0, limit=9)
    with pytest.raises(NotFoundError):
        records.dismiss(session, READER, waiting(session, READER)[0].id, "No.")


def test_a_new_version_changes_what_waits_and_brings_nothing_back(session: Session) -> None:
    write(session, document())
    mine(session)
    kept, dropped = waiting(session)
    records.dismiss(session, ANNA, kept.id, "Everybody knows.")
    fresh = "- The crane failed because it was too small."
    write(session, document(body=BODY.replace(FIRST, "All was calm.") + fresh), again=True)
    assert mine(session) == Kept(new=1, open=1, decided=1)
    (only,) = waiting(session)
    assert (only.title, only.version) == ("The crane failed because it was too small", 2)
    assert dropped.id not in {one.id for one in waiting(session)}
    (dismissed,) = records.listed(session, ANNA, ProposalState.DISMISSED, offset=0, limit=9)
    assert (dismissed.note, dismissed.decided_by) == ("Everybody knows.", "Anna")
    assert mine(session) == Kept(new=0, open=1, decided=1)


def test_a_dismissal_needs_a_reason_and_can_be_taken_back(session: Session) -> None:
    write(session, document())
    mine(session)
    number = waiting(session)[0].id
    with pytest.raises(InvalidError, match="reason"):
        records.dismiss(session, ANNA, number, "  ")
    records.dismiss(session, ANNA, number, "No.")
    with pytest.raises(ConflictError, match="dismissed by Anna"):
        records.dismiss(session, ANNA, number, "No.")
    assert records.reopen(session, ANNA, number).state is ProposalState.OPEN
    with pytest.raises(ConflictError):
        records.reopen(session, ANNA, number)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (Classification.PUBLIC, Classification.INTERNAL),
        (Classification.RESTRICTED, Classification.RESTRICTED),
        (Classification.CONFIDENTIAL, Classification.CONFIDENTIAL),
    ],
)
def test_the_draft_of_a_lesson_cites_its_document_and_is_as_confidential(
    session: Session, own: Classification, expected: Classification
) -> None:
    write(session, document(classification=own))
    mine(session)
    proposal = waiting(session)[0]
    draft = drafting.lesson(proposal, items.get(session, LOCAL_USER, "D-1"))
    assert draft.status is Status.DRAFT
    assert draft.classification is expected
    assert draft.project == "Tram"
    assert draft.citation == "D-1, Report D-1, “Lessons”, version 1"
    assert f"> {SECOND}" in draft.body
    made = library.write(session, LOCAL_USER, draft)
    assert records.accept(session, LOCAL_USER, proposal.id, made).lesson.startswith("L-")
    (theirs,) = records.listed(
        session, replace(ANNA, clearance=own), ProposalState.ACCEPTED, offset=0, limit=9
    )
    assert theirs.lesson == ""


def test_only_reports_and_minutes_not_mined_as_they_are_now_wait_to_be(session: Session) -> None:
    write(session, document())
    write(session, document("D-2", fields=DocumentFields(DocumentKind.GUIDE)))
    write(session, document("D-3", fields=DocumentFields(DocumentKind.MINUTES)))
    assert records.unmined(session, ANNA, 9) == ["D-1", "D-3"]
    mine(session)
    assert records.unmined(session, ANNA, 9) == ["D-3"]
    write(session, document(body="Other."), again=True)
    assert records.unmined(session, ANNA, 9) == ["D-1", "D-3"]


def test_a_lesson_is_not_mined(session: Session) -> None:
    library.write(session, LOCAL_USER, lesson("Late", ref="L-9"))
    with pytest.raises(InvalidError, match="only documents"):
        records.text(session, LOCAL_USER, "L-9")
