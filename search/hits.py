"""Showing what was found: each item's best passages, the words marked, the reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from kb import items, passages
from kb.access import Principal
from kb.life.experience import Experience
from kb.passages import StoredPassage
from kb.values import ItemId, PassageId
from search import analysis, fusion, snippets
from search.analysis import Token
from search.fusion import Evidence
from search.ports import Vector, VectorIndex
from search.results import Hit, PassageHit, Place, Why, WordFound

_SHOWN = 3
"""Passages given for one item."""
_LOOKED_AT = 12
"""Passages of one item that are read to choose from: the nearest, and as many where its words stand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for."""

    text: str
    vector: Vector
    others: tuple[str, ...] = ()
    """What might stand in a text instead of words of the query."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item that was found, before it is shown."""

    item: ItemId
    score: float
    relevance: float
    evidence: Evidence
    named: bool = False
    exact: bool = False


def present(
    session: Session,
    principal: Principal,
    asked: Asked,
    found: Sequence[Found],
    vectors: VectorIndex,
    known: Experience,
) -> tuple[Hit, ...]:
    """Hits for *found*, in its order, with what is *known* of their past."""
    near = vectors.of_items(asked.vector, np.array([f.item for f in found], np.int64))
    cosines: dict[ItemId, dict[PassageId, float]] = {f.item: {} for f in found}
    for item, (id_, cosine) in zip(near.items.tolist(), near.pairs(), strict=True):
        cosines[item][id_] = cosine
    chosen = {f.item: _candidates(cosines[f.item], f.evidence.place) for f in found}
    stored = passages.read(session, principal, [id_ for ids in chosen.values() for id_ in ids])
    heads = items.summaries(session, principal, [f.item for f in found])
    labels = items.labels(session, principal, [f.item for f in found])
    typed = snippets.stems_of(asked.text)
    # Of a term of several words, each alone means something else.
    stems = typed.union(*(snippets.stems_of(other) for other in asked.others if " " not in other))
    hits: list[Hit] = []
    for f in found:
        if f.item in heads:
            looked_at = [
                _LookedAt(stored[id_], analysis.find(stored[id_].text, stems), cosines[f.item][id_])
                for id_ in chosen[f.item]
                if id_ in stored
            ]
            title = snippets.mark(heads[f.item].title, stems)
            best = _best(looked_at, typed)
            texts = _texts(title.text, labels.get(f.item, ""), looked_at)
            words = _words(analysis.content_words(asked.text), texts)
            others = _words([other for other in asked.others if " " not in other], texts)
            why = Why(
                words,
                others,
                round(f.evidence.cosine, 4),
                f.named,
                f.exact,
                known.record(f.item),
                known.superseded_by(f.item),
            )
            hits.append(Hit(heads[f.item], title, round(f.score, 4), f.relevance, best, why))
    return tuple(hits)


def _candidates(cosines: Mapping[PassageId, float], place: PassageId | None) -> list[PassageId]:
    near = sorted(cosines, key=lambda id_: -cosines[id_])[:_LOOKED_AT]
    if place is None:
        return near
    there = [id_ for id_ in sorted(cosines) if id_ >= place][:_LOOKED_AT]
    return list(dict.fromkeys([*near, *there]))


class _LookedAt(NamedTuple):
    passage: StoredPassage
    tokens: list[Token]
    """Words of the query that stand in it."""
    cosine: float

    def score(self, stems: frozenset[str]) -> float:
        held = len(stems.intersection(token.stem for token in self.tokens)) / len(stems) if stems else 0.0
        return fusion.fuse(Evidence(held, self.cosine))


def _best(looked_at: Sequence[_LookedAt], stems: frozenset[str]) -> tuple[PassageHit, ...]:
    scored = sorted(((p.score(stems), p) for p in looked_at), key=lambda s: (-s[0], s[1].passage.ordinal))
    return tuple(
        PassageHit(p.passage, snippets.cut(p.passage.text, p.tokens), round(score, 4))
        for score, p in scored[:_SHOWN]
    )


def _texts(title: str, labels: str, looked_at: Sequence[_LookedAt]) -> dict[Place, set[str]]:
    """The stems that stand in each place of an item."""
    headings = " ".join({p.passage.headings for p in looked_at})
    return {
        Place.TITLE: analysis.stems(title),
        Place.HEADINGS: analysis.stems(headings),
        Place.TEXT: {token.stem for p in looked_at for token in p.tokens},
        Place.LABELS: analysis.stems(labels),
    }


def _words(wanted: Iterable[str], texts: Mapping[Place, set[str]]) -> tuple[WordFound, ...]:
    """Those of *wanted* all parts of which stand somewhere, and where."""
    everywhere = frozenset[str]().union(*texts.values())
    found: list[WordFound] = []
    for word in wanted:
        parts = {analysis.stem(part) for part in analysis.parts(word)}
        if parts <= everywhere:
            found.append(WordFound(word, tuple(place for place, stems in texts.items() if parts & stems)))
    return tuple(found)
