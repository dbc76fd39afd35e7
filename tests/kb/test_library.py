from dataclasses import fields, replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import drafts, items, library, passages, sources
from kb.access import LOCAL_USER, Principal, local_user
from kb.database import Sessions, transaction
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import AuditEvent, Item, Passage, Version
from kb.values import (
    KIND_FIELDS,
    Filters,
    ItemDraft,
    LessonFields,
    Locator,
    PassageDraft,
    Tally,
    Taught,
    TrainingFields,
)
from kb.vocabulary import Classification, FacetName, Kind, KnowledgeArea, Phase, Status, TrainingLevel
from tests.samples import lesson, source, store


def test_storing_the_same_file_again_changes_nothing(session: Session) -> None:
    assert store(session, lesson("One"), lesson("Two")) == Tally(added=2)
    before = session.scalars(select(Passage.id)).all()
    assert store(session, lesson("One"), lesson("Two")) == Tally(unchanged=2)
    assert session.scalars(select(Passage.id)).all() == before


def test_a_changed_item_gets_a_version_and_new_passages_and_keeps_its_reference(session: Session) -> None:
    store(session, lesson("One", "It was late."))
    ref = items.browse(session, LOCAL_USER, _everything(), offset=0, limit=1)[0].ref
    assert store(session, lesson("One", "It was early.")) == Tally(updated=1)
    item = items.get(session, LOCAL_USER, ref)
    assert (item.body, item.version) == ("It was early.", 2)
    assert [v.number for v in items.versions(session, LOCAL_USER, ref)] == [2, 1]
    assert items.version(session, LOCAL_USER, ref, 1).body == "It was late."
    assert [p.text for p in passages.of_item(session, LOCAL_USER, item.head.id)] == ["It was early."]


def test_an_item_missing_from_the_file_is_withdrawn_and_comes_back_with_it(session: Session) -> None:
    store(session, lesson("One"), lesson("Two"))
    assert store(session, lesson("One")) == Tally(unchanged=1, withdrawn=1)
    assert items.count(session, LOCAL_USER, _everything()) == 1
    assert store(session, lesson("One")) == Tally(unchanged=1)
    assert store(session, lesson("One"), lesson("Two")) == Tally(unchanged=1, updated=1)
    assert session.scalar(select(func.count()).select_from(Version)) == 2


def test_a_withdrawn_file_is_kept_but_not_listed(session: Session) -> None:
    store(session, lesson("One"))
    ref = items.browse(session, LOCAL_USER, _everything(), offset=0, limit=1)[0].ref
    assert library.withdraw(session, LOCAL_USER, source().location) == Tally(withdrawn=1)
    assert items.count(session, LOCAL_USER, _everything()) == 0
    assert not passages.keys(session)
    assert items.get(session, LOCAL_USER, ref).withdrawn_at is not None
    assert sources.find(session, source().location) is None


def test_other_reading_code_replaces_passages_without_a_new_version(session: Session) -> None:
    store(session, lesson("One", "First. Second."))
    cut = replace(
        lesson("One", "First. Second."),
        passages=(PassageDraft((), "First.", Locator(0, 6)), PassageDraft((), "Second.", Locator(7, 14))),
    )
    assert store(session, cut, reader="reader 2") == Tally(unchanged=1)
    assert len(passages.keys(session)) == 2
    assert session.scalar(select(func.count()).select_from(Version)) == 1


def test_a_reference_given_by_the_author_is_used_and_can_not_be_taken_twice(session: Session) -> None:
    store(session, lesson("One", ref="HS-L-1"))
    assert items.get(session, LOCAL_USER, "HS-L-1").head.title == "One"
    with pytest.raises(InvalidError, match="HS-L-1 belongs to another item"):
        store(session, lesson("Other", ref="HS-L-1"), location="/files/other.md", digest="b" * 64)
    with pytest.raises(InvalidError, match="given to two items"):
        store(session, lesson("A", ref="X"), lesson("B", ref="X"), location="/files/more.md")


def test_an_item_that_becomes_another_kind_starts_anew(session: Session) -> None:
    store(session, lesson("One"))
    other = replace(lesson("One"), kind=Kind.PRACTICE, fields=KIND_FIELDS[Kind.PRACTICE]())
    assert store(session, other).added == 1
    [item] = items.browse(session, LOCAL_USER, _everything(), offset=0, limit=5)
    assert item.kind is Kind.PRACTICE


def test_every_field_of_a_draft_is_read_back(session: Session) -> None:
    draft = ItemDraft(
        kind=Kind.TRAINING,
        title="Risk workshop",
        body="Learn.",
        fields=TrainingFields(
            provider="PMO",
            level=TrainingLevel.FOUNDATION,
            hours=7.5,
            cost=120.0,
            currency="GBP",
            competences=(Taught("risk", 3),),
            prerequisites=("HS-C-1",),
        ),
        key="1",
        external_ref="9501",
        summary="About risk.",
        project="Bridge",
        organisation="City",
        contributor="A. Person",
        owner="PMO manager",
        url="https://example.org/1",
        language="en",
        citation="A report, 2020",
        classification=Classification.RESTRICTED,
        status=Status.APPROVED,
        dated=date(2020, 1, 2),
        review_date=date(2027, 1, 2),
        knowledge_areas=(KnowledgeArea.RISK,),
        phases=(Phase.PLANNING,),
        tags=("Workshop",),
        locator=Locator(sheet="Courses", row=4),
    )
    store(session, draft)
    item = items.get(session, LOCAL_USER, "9501")
    assert item.fields == draft.fields
    assert item.head.ref == f"C-{item.head.id}"
    assert str(item.head.locator) == "sheet Courses, row 4"
    assert item.facets[FacetName.TAG] == ("workshop",)
    assert item.facets[FacetName.YEAR] == ("2020",)
    same = ("external_ref", "contributor", "owner", "url", "language", "citation", "review_date")
    assert all(getattr(item, name) == getattr(draft, name) for name in same)
    shown = ("summary", "project", "organisation", "classification", "status", "dated")
    assert all(getattr(item.head, name) == getattr(draft, name) for name in shown)


def test_tables_mirror_the_fields_of_each_kind() -> None:
    for mapper in Item.__mapper__.self_and_descendants:
        if mapper.polymorphic_identity is not None:
            own = {c.name for c in mapper.local_table.columns} - {"id"}
            shape = KIND_FIELDS[Kind(mapper.polymorphic_identity)]
            assert own == {f.name for f in fields(shape)}


def test_a_lesson_starts_submitted_and_anything_else_published() -> None:
    assert library.first_status(Kind.LESSON) is Status.SUBMITTED
    assert library.first_status(Kind.TEMPLATE) is Status.PUBLISHED


def test_a_failing_transaction_leaves_nothing_behind(sessions: Sessions) -> None:
    with pytest.raises(InvalidError), transaction(sessions) as session:
        store(session, lesson("One"), lesson("A", ref="X"), lesson("B", ref="X"))
    with sessions() as session:
        assert items.count(session, LOCAL_USER, _everything()) == 0
        assert sources.find(session, source().location) is None


def test_a_reader_may_not_write(session: Session) -> None:
    reader = Principal("reader", Classification.PUBLIC)
    with pytest.raises(NotFoundError):
        library.store(session, reader, source(), [lesson("One")])


def test_a_copy_holds_no_items_of_its_own(session: Session) -> None:
    store(session, lesson("One"))
    original = sources.find(session, source().location)
    assert original is not None
    copy = source("/files/copy.csv")
    assert library.store_copy(session, LOCAL_USER, copy, original.id) == Tally()
    found = sources.find(session, copy.location)
    assert found is not None
    assert (found.same_as, found.items) == (original.id, 0)
    same = sources.same_bytes(session, "a" * 64, besides=copy.location)
    assert same is not None
    assert same.id == original.id


def test_a_moved_file_keeps_its_items(session: Session) -> None:
    store(session, lesson("One"))
    sources.move(session, source().location, "/new/lessons.csv", "lessons.csv")
    assert store(session, lesson("One"), location="/new/lessons.csv") == Tally(unchanged=1)


def test_every_write_is_audited(session: Session) -> None:
    store(session, lesson("One"))
    library.withdraw(session, LOCAL_USER, source().location)
    events = session.execute(select(AuditEvent.actor, AuditEvent.action, AuditEvent.subject)).all()
    assert [tuple(e) for e in events] == [
        ("local", "store", "/files/lessons.csv"),
        ("local", "withdraw", "/files/lessons.csv"),
    ]


def test_a_very_long_title_is_shortened_at_a_word(session: Session) -> None:
    store(session, lesson("word " * 200, key="long", fields=LessonFields()))
    [item] = items.browse(session, LOCAL_USER, _everything(), offset=0, limit=1)
    assert len(item.title) <= 500
    assert item.title.endswith("word…")


def _everything() -> Filters:
    return Filters()


def test_an_edit_of_a_version_that_is_no_more_is_refused(session: Session) -> None:
    store(session, lesson("Late", ref="L-1"))
    library.write(session, LOCAL_USER, lesson("Later", ref="L-1"), "L-1", version=1)
    with pytest.raises(ConflictError, match="version 2"):
        library.write(session, LOCAL_USER, lesson("Latest", ref="L-1"), "L-1", version=1)
    assert items.get(session, LOCAL_USER, "L-1").head.title == "Later"


def test_my_drafts_are_those_that_i_began(session: Session) -> None:
    anna, bert = local_user("Anna"), local_user("Bert")
    for who, title, status in [
        (anna, "A1", Status.DRAFT),
        (bert, "B1", Status.DRAFT),
        (anna, "A2", Status.DRAFT),
        (anna, "A3", None),
    ]:
        library.write(session, who, lesson(title, status=status))
    assert {item.title for item in drafts.mine(session, anna)} == {"A1", "A2"}
