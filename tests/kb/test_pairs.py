from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import items
from kb.access import LOCAL_USER, Principal
from kb.models import Passage
from kb.searching import pairs, searches
from kb.searching.pairs import Pair, PairKind, Part
from kb.searching.searches import Opened
from kb.values import ItemDraft, ItemId, LessonFields, PassageDraft, PassageId
from kb.vocabulary import Classification
from tests.samples import lesson, store

PUBLIC = Principal("public", Classification.PUBLIC)


def situation(title: str, event: str, recommendation: str) -> ItemDraft:
    fields = LessonFields(event=event, recommendation=recommendation)
    return lesson(title, f"{event} {recommendation}", fields=fields)


def kinds(found: list[Pair]) -> dict[PairKind, list[tuple[str, str]]]:
    return {kind: [(p.query, p.text) for p in found if p.kind is kind] for kind in PairKind}


def test_title_fields_and_sentences_of_a_lesson_make_pairs(session: Session) -> None:
    store(session, situation("Cables came late again", "The cables came late.", "Order the cables earlier."))
    found = kinds(pairs.pairs(session, LOCAL_USER))
    whole = "The cables came late. Order the cables earlier."
    assert found[PairKind.TITLE] == [("Cables came late again", whole)]
    assert found[PairKind.FIELDS] == [("The cables came late.", "Order the cables earlier.")]
    ((asked, rest),) = found[PairKind.SENTENCE]
    assert asked in whole
    assert asked not in rest
    assert rest.startswith("Cables came late again")


def test_a_heading_that_many_items_have_says_nothing(session: Session) -> None:
    def under(title: str, heading: str) -> ItemDraft:
        text = f"What is said in {title}."
        return lesson(
            title, text, passages=(PassageDraft((heading,), text, lesson(title).passages[0].locator),)
        )

    store(
        session,
        *(under(f"Guide number {n}", "Introduction") for n in range(9)),
        under("One more guide", "Cranes"),
    )
    assert kinds(pairs.pairs(session, LOCAL_USER))[PairKind.HEADING] == [
        ("One more guide: Cranes", "What is said in One more guide.")
    ]


def test_what_several_items_say_or_what_says_little_makes_no_pair(session: Session) -> None:
    store(
        session,
        lesson("Lessons we have learned", "The pump broke down twice.", key="1"),
        lesson("Lessons we have learned", "The crane stood still.", key="2"),
        lesson("Pumps", "A pump needs a spare.", key="3"),
    )
    assert pairs.pairs(session, LOCAL_USER) == []


def test_only_what_the_reader_may_see_is_learned(session: Session) -> None:
    store(
        session,
        lesson("A very secret lesson", "Nobody may read this.", classification=Classification.RESTRICTED),
    )
    assert pairs.pairs(session, PUBLIC) == []
    assert len(pairs.pairs(session, LOCAL_USER)) == 1


def test_what_people_opened_belongs_to_their_words(session: Session) -> None:
    store(session, lesson("Pump", "A pump needs a spare."))
    item = items.get(session, LOCAL_USER, "L-1").head.id
    searches.record(session, [Opened("anyone", "spares", item, 1)])
    (found,) = pairs.pairs(session, LOCAL_USER)
    assert found.item == item
    assert (found.kind, found.query, found.text) == (PairKind.SEARCH, "spares", "Pump A pump needs a spare.")


def test_a_pair_tells_where_its_text_stands(session: Session) -> None:
    store(session, situation("Cables came late again", "The cables came late.", "Order the cables earlier."))
    (passage,) = session.scalars(select(Passage.id))
    found = pairs.pairs(session, LOCAL_USER)
    assert {(pair.title, pair.passage) for pair in found} == {("Cables came late again", passage)}


def pair(item: int, kind: PairKind = PairKind.TITLE) -> Pair:
    return Pair(ItemId(item), kind, "query", "text", "title", PassageId(1))


@given(st.integers(1, 10**9))
def test_all_pairs_of_an_item_serve_for_the_same(item: int) -> None:
    parts = {pair(item, kind).part for kind in PairKind}
    assert len(parts) == 1


def test_most_items_are_trained_on() -> None:
    parts = Counter(pair(n).part for n in range(4000))
    assert 0.7 < parts[Part.TRAIN] / 4000 < 0.8
    assert 0.12 < parts[Part.TEST] / 4000 < 0.18
