"""What a brief is worth on the judged charters, beside what a reader could do without it.

Grades count as gains of 2^grade - 1 and only among items of the kinds that a brief has; an item without a
judgement counts as useless, for every method alike.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log, log2

import numpy as np
from sqlalchemy.orm import Session

from kb import facets, items
from kb.access import LOCAL_USER
from kb.briefs import traits
from kb.searching import embeddings
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, Kind
from search import analysis
from search.briefs import charter as reading
from search.briefs import composing
from search.engine import Engine
from search.fusion import Mode
from search.query import Query
from tests.briefs.charters import USEFUL, Charter

PAGE, WHOLE = 10, 30
_KINDS = (Kind.LESSON, Kind.PRACTICE, Kind.TEMPLATE, Kind.TRAINING)
_FILTERS = Filters({FacetName.KIND: tuple(map(str, _KINDS))})
_TERMS = 25
"""Of more-like-this, as Lucene's has them."""
_BATCH = 500
_WORD = re.compile(r"[^\W\d_]{3,}")

Method = Callable[[Charter], Sequence[ItemId]]
"""From a charter to items, best first."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a list of items is for a charter."""

    ndcg: float
    """nDCG of the first ten."""
    judged_only: float
    """The same when items without a judgement are left out of the list."""
    precision: float
    """Share of the first ten that are useful."""
    covered: float
    """Share of the needs that a useful one of the first ten serves."""
    covered_whole: float
    """The same of the first thirty."""
    judged: float
    """Share of the first ten that somebody judged."""
    areas: float
    """Knowledge areas in the first ten."""
    likeness: float
    """Mean cosine between the first ten."""


class Measure:
    """Measures lists of items of one base."""

    def __init__(self, session: Session, engine: Engine) -> None:
        self._session = session
        self._engine = engine
        self._stems: Counter[str] = Counter()

    def figures(self, charter: Charter, order: Sequence[ItemId]) -> Figures:
        """How good *order* is for *charter*."""
        known = self._known(charter)
        grades = {item: grade for item, (grade, _) in known.items()}
        judged = [item for item in order if item in known]
        useful = {item: need for item, (grade, need) in known.items() if grade >= USEFUL}
        about = traits.read(self._session, LOCAL_USER, list(order[:PAGE]))
        return Figures(
            _ndcg(order, grades),
            _ndcg(judged, grades),
            sum(item in useful for item in order[:PAGE]) / PAGE,
            _covered(order[:PAGE], useful),
            _covered(order[:WHOLE], useful),
            sum(item in known for item in order[:PAGE]) / PAGE,
            len({area for one in about.values() for area in one.areas[:1]}),
            self._likeness(order[:PAGE]),
        )

    def brief(self, charter: Charter) -> list[ItemId]:
        """What the brief lists."""
        needs = reading.read(charter.text)
        found = composing.compose(self._engine, self._session, LOCAL_USER, needs, limit=WHOLE)
        return [entry.item.id for entry in found.entries]

    def plain(self, charter: Charter) -> list[ItemId]:
        """What the search finds that is given the whole charter as its query."""
        return self._ranked(charter.text, Mode.HYBRID)

    def more_like_this(self, charter: Charter) -> list[ItemId]:
        """BM25 with the charter's most telling words, as more-like-this of Lucene chooses them."""
        said = Counter(word.lower() for word in _WORD.findall(charter.text))
        for word in analysis.STOP_WORDS:
            said.pop(word, None)
        held = self._held()
        number = max(held.values())
        value = {
            word: times * log(1 + number / held[stem])
            for word, times in said.items()
            if (stem := analysis.stem(word)) in held
        }
        telling = sorted(value, key=lambda word: (-value[word], word))[:_TERMS]
        return self._ranked(" ".join(telling), Mode.WORDS)

    def _ranked(self, text: str, mode: Mode) -> list[ItemId]:
        query = Query(text, filters=_FILTERS)
        return list(self._engine.rank(self._session, LOCAL_USER, query, limit=WHOLE, mode=mode).items)

    def _held(self) -> Counter[str]:
        """In how many items each stem stands."""
        if not self._stems:
            ids = facets.matching(self._session, LOCAL_USER, _FILTERS)
            for start in range(0, len(ids), _BATCH):
                for item in items.texts(self._session, ids[start : start + _BATCH]):
                    self._stems.update(analysis.stems(f"{item.title} {item.body}"))
        return self._stems

    def _known(self, charter: Charter) -> dict[ItemId, tuple[int, str]]:
        """Grade and need of each judged item that is here."""
        named = items.referred(
            self._session, LOCAL_USER, [one.ref.removeprefix("nasa:") for one in charter.judgements]
        )
        judged = {one.ref.removeprefix("nasa:"): (one.grade, one.need) for one in charter.judgements}
        return {item: judged[ref] for item, ref in named.items() if ref in judged}

    def _likeness(self, order: Sequence[ItemId]) -> float:
        vectors = embeddings.of_items(self._session, LOCAL_USER, self._engine.model, order)
        if len(vectors) < 2:
            return 0.0
        rows = np.stack([np.frombuffer(vector, "<f4") for vector in vectors.values()])
        cosines = rows @ rows.T
        number = len(rows)
        return float((cosines.sum() - number) / (number * (number - 1)))


def mean(found: Sequence[Figures]) -> Figures:
    """The mean of each figure."""
    return Figures(*(float(np.mean([getattr(one, name) for one in found])) for name in Figures.__slots__))


def _ndcg(order: Sequence[ItemId], grades: Mapping[ItemId, int]) -> float:
    ideal = _gain(sorted(grades.values(), reverse=True))
    return _gain([grades.get(item, 0) for item in order]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades[:PAGE]))


def _covered(order: Sequence[ItemId], useful: Mapping[ItemId, str]) -> float:
    needs = set(useful.values())
    return len({useful[item] for item in order if item in useful}) / len(needs) if needs else 0.0
