"""Texts of the base that belong together: what an encoder learns the organisation's language from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.access import Principal, visible
from kb.models import Item, Lesson, Passage, Practice, Template
from kb.passages import HEADING_SEPARATOR, embedded_text
from kb.searching import searches
from kb.text import digest, shorten
from kb.values import ItemId, PassageId

_QUERY_LENGTH = 240
"""Characters of what stands for a query: people type less, and short texts train faster."""
_TEXT_LENGTH = 560
"""Characters of what stands for an answer: about a passage."""
_FEWEST_WORDS = 3
"""With fewer words a text of the base could be of any item; what people typed counts however short."""
_COMMON_HEADING = 5
"""Items from which on a heading, such as Introduction, tells nothing of what stands below it."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class PairKind(StrEnum):
    """Where a pair comes from."""

    TITLE = "title and text"
    FIELDS = "situation and advice"
    HEADING = "heading and passage"
    SENTENCE = "sentence and its surroundings"
    SEARCH = "search and what was opened or helped"


class Part(StrEnum):
    """What a pair serves for."""

    TRAIN = "train"
    CHOOSE = "choose"
    """To choose among what was trained."""
    TEST = "test"
    """To compare what was chosen with what there was: used for nothing else."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What could be asked, and a text of the same item that answers it."""

    item: ItemId
    kind: PairKind
    query: str
    text: str
    title: str
    """The item's."""
    passage: PassageId
    """The one whose text it is, or the item's first."""

    @property
    def part(self) -> Part:
        """One for all pairs of an item, the same in every run."""
        place = int(digest("part", str(self.item))[:8], 16) % 20
        return Part.TEST if place < 3 else Part.CHOOSE if place < 5 else Part.TRAIN


class _Place(NamedTuple):
    """Where the text of a pair stands."""

    item: int
    title: str
    passage: int

    def pair(self, kind: PairKind, query: str, text: str) -> Pair:
        return Pair(
            ItemId(self.item),
            kind,
            shorten(query, _QUERY_LENGTH),
            shorten(text, _TEXT_LENGTH),
            self.title,
            PassageId(self.passage),
        )


_FIELDS: tuple[tuple[type[Item], InstrumentedAttribute[str], InstrumentedAttribute[str]], ...] = (
    (Lesson, Lesson.event, Lesson.recommendation),
    (Practice, Practice.problem, Practice.practice),
    (Template, Template.when_to_use, Template.purpose),
)
"""The situation, and what to do in it."""


def pairs(session: Session, principal: Principal) -> list[Pair]:
    """All pairs of what *principal* may see, each once, in the same order in every run on the same base."""
    found = [
        *_of_fields(session, principal),
        *_of_passages(session, principal),
        *_of_searches(session, principal),
    ]
    return list(_telling(found))


def _of_fields(session: Session, principal: Principal) -> Iterator[Pair]:
    for kind, situation, advice in _FIELDS:
        rows = session.execute(
            select(Item.id, Item.title, Passage.id, situation, advice)
            .join_from(Item, kind.__table__, Item.id == kind.__table__.c.id)
            .join(Passage, Passage.item_id == Item.id)
            .where(visible(principal), Passage.ordinal == 0, situation != "", advice != "")
            .order_by(Item.id)
        )
        for item, title, passage, asked, answer in rows:
            yield _Place(item, title, passage).pair(PairKind.FIELDS, asked, answer)


def _of_passages(session: Session, principal: Principal) -> Iterator[Pair]:
    rows = session.execute(
        select(Item.id, Item.title, Passage.id, Passage.headings, Passage.text)
        .join(Passage, Passage.item_id == Item.id)
        .where(visible(principal))
        .order_by(Passage.id)
    )
    common = _common_headings(session)
    for item, title, passage, headings, text in rows:
        place = _Place(item, title, passage)
        # Without the title, which every indexed passage begins with: a pair must not share the answer.
        yield place.pair(PairKind.TITLE, title, text)
        if headings and headings not in common:
            heading = headings.rpartition(HEADING_SEPARATOR)[2]
            yield place.pair(PairKind.HEADING, f"{title}: {heading}", text)
        yield from _of_sentences(place, text)


def _of_sentences(place: "_Place", text: str) -> Iterator[Pair]:
    """A sentence and what stands around it (inverse cloze task; Lee, Chang and Toutanova 2019)."""
    sentences = _SENTENCE_END.split(text)
    if len(sentences) > 1:
        chosen = int(digest(text)[:8], 16) % len(sentences)
        rest = " ".join(sentences[:chosen] + sentences[chosen + 1 :])
        yield place.pair(PairKind.SENTENCE, sentences[chosen], embedded_text(place.title, "", rest))


def _of_searches(session: Session, principal: Principal) -> Iterator[Pair]:
    judged = [
        found
        for found in searches.judged_pairs(session)
        if (found.opened or found.helpful) and found.unhelpful <= found.helpful
    ]
    rows = session.execute(
        select(Item.id, Item.title, Passage.id, Passage.headings, Passage.text)
        .join(Passage, Passage.item_id == Item.id)
        .where(visible(principal), Passage.ordinal == 0, Item.id.in_({found.item for found in judged}))
    )
    answers = {
        item: (_Place(item, title, passage), embedded_text(title, headings, text))
        for item, title, passage, headings, text in rows
    }
    for found in judged:
        if found.item in answers:
            place, text = answers[found.item]
            yield place.pair(PairKind.SEARCH, found.words, text)


def _common_headings(session: Session) -> set[str]:
    many = func.count(Passage.item_id.distinct()) >= _COMMON_HEADING
    return set(session.scalars(select(Passage.headings).group_by(Passage.headings).having(many)))


def _telling(found: Iterable[Pair]) -> Iterator[Pair]:
    """Each pair once; without those whose query or text says too little, or is said by several items."""
    once = list({(pair.item, pair.query, pair.text): pair for pair in found}.values())
    owners: dict[str, set[ItemId]] = {}

    def tells(text: str) -> bool:
        return len(owners[text]) == 1 and len(text.split()) >= _FEWEST_WORDS

    for pair in once:
        owners.setdefault(pair.query, set()).add(pair.item)
        owners.setdefault(pair.text, set()).add(pair.item)
    for pair in once:
        if tells(pair.text) and (pair.kind is PairKind.SEARCH or tells(pair.query)):
            yield pair
