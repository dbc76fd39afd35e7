"""Search: what is asked for, among what may be seen, best first, with reasons."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np
from sqlalchemy.orm import Session

from kb import audit, facets, items, passages
from kb.access import Principal
from kb.errors import UnavailableError
from kb.facets import FacetCounts
from kb.life import experience
from kb.life.experience import Experience
from kb.searching import embeddings
from kb.values import Filters, ItemId
from search import analysis, evidence, fusion, generation, hits, meanings, second_stage, snippets
from search import experience as past
from search.evidence import Lookup
from search.fusion import Evidence, Mode
from search.generation import DamagedError, Generation
from search.ports import Encoder, Ids, Reranker, Vector, VectorIndex, WordMatch
from search.query import Query
from search.remembered import Remembered
from search.results import Hit, Ranked, Results, Similar, Why
from search.synonyms import SynonymFile

DEPTH = 500
"""Passages near in meaning that are looked at for one query."""
WORDS_DEPTH = 200
"""Items that hold words that are looked at: those further down decide nothing."""
_LOOKED_THROUGH = 10_000
"""Passages up to which everything is looked at: then totals and facets are never lower bounds."""
_PASSAGES_EACH = 5
"""Passages that are looked at for each of the nearest items."""
_FEW_HOLD_ALL = 5
"""Items up to which all the words together count as what was meant."""
_ALL = 1 - 1e-6
_REMEMBERED = 32
"""Filters whose items, and queries whose scores, are kept in memory until something is written."""
_TEXTS = 256
"""Texts whose meanings are kept in memory."""
_PEOPLE = 8
"""Readers for whom what became of the items is kept so."""


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Items in order, and what speaks for each."""

    order: tuple[ItemId, ...]
    scores: dict[ItemId, float]
    evidence: dict[ItemId, Evidence]
    named: Collection[ItemId]
    """Items that the query names by their reference."""
    exact: Collection[ItemId]
    """Items that hold what was typed word for word, as few others do."""
    asked: hits.Asked
    capped: bool
    """More are related than were looked at."""
    known: Experience
    """What became of the items."""
    shifts: Mapping[ItemId, float] = field(default_factory=dict[ItemId, float])
    """What the past of some items adds to their scores, for the order alone."""

    def related(self) -> list[ItemId]:
        """The items that belong to the results of a query that is answered, in order."""
        return [item for item in self.order if fusion.related(self.scores[item]) or self._meant(item)]

    def nearest(self) -> list[ItemId]:
        """The few items that are offered when nothing answers, in order."""
        return [item for place, item in enumerate(self.order) if place < fusion.NEAREST or self._meant(item)]

    def found(self, page: Sequence[ItemId]) -> list[hits.Found]:
        """The items of *page* as they are to be shown."""
        return [
            hits.Found(
                item,
                self.scores[item],
                fusion.relevance(self.scores[item]),
                self.evidence[item],
                named=item in self.named,
                exact=item in self.exact,
            )
            for item in page
        ]

    def relevances(self, some: Sequence[ItemId]) -> dict[ItemId, float]:
        """The relevance of each of *some* items, its past included."""
        return {item: fusion.relevance(self.scores[item] + self.shifts.get(item, 0.0)) for item in some}

    def reordered(self, values: Mapping[ItemId, float]) -> "_Ranking":
        """The same, but that the items of *values*, which are its first ones, are ordered by those."""
        first = fusion.rank(values, self.named, self.exact)
        return replace(self, order=(*first, *self.order[len(first) :]))

    def _meant(self, item: ItemId) -> bool:
        return item in self.named or item in self.exact


class Engine:
    """Searches the present generation of the index. Safe to share between threads."""

    def __init__(
        self,
        encoder: Encoder,
        folder: Path,
        synonyms: SynonymFile | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._encoder = encoder
        self._folder = folder
        self._synonyms = synonyms or SynonymFile(None)
        self._reranker = reranker
        self._lock = Lock()
        self._generation: Generation | None = None
        self._filtered: Remembered[Ids] = Remembered(_REMEMBERED)
        self._browsed: Remembered[tuple[Ids, FacetCounts]] = Remembered(_REMEMBERED)
        self._judged: Remembered[dict[ItemId, float]] = Remembered(_REMEMBERED)
        self._experience: Remembered[Experience] = Remembered(_PEOPLE)
        self._meanings: Remembered[Vector] = Remembered(_TEXTS)
        self._beside = ThreadPoolExecutor(thread_name_prefix="vectors")

    @property
    def ready(self) -> bool:
        """Whether there is an index that can be searched."""
        try:
            self._index()
        except UnavailableError:
            return False
        return True

    @property
    def model(self) -> str:
        """Names the encoder that it compares meanings by."""
        return self._encoder.model

    @property
    def vectors(self) -> VectorIndex:
        """Those of the present generation. Raises UnavailableError when there is no usable index."""
        return self._index().vectors

    def search(
        self, session: Session, principal: Principal, query: Query, *, offset: int = 0, limit: int = 10
    ) -> Results:
        """The page of hits from *offset*, at most *limit* of them, out of what *principal* may see.

        A query without words lists what its filters match, newest first.
        Raises UnavailableError when there is no usable index.
        """
        if not query.text:
            return self._browse(session, principal, query, offset, limit)
        index = self._index()
        ranking = self._rank(session, principal, index, query)
        answered = fusion.answers(ranking.evidence)
        order = ranking.related() if answered else _visible(session, principal, ranking.nearest())
        counts = facets.count(session, principal, order)
        if facets.total(counts) < len(order):
            # The index is a moment older than the database.
            order = _visible(session, principal, order)
        page = ranking.found(order[offset : offset + limit])
        return Results(
            query,
            len(order),
            hits.present(session, principal, ranking.asked, page, index.vectors, ranking.known),
            counts,
            nearest_only=not answered and bool(order),
            capped=ranking.capped and answered,
        )

    def matching(self, session: Session, principal: Principal, query: Query) -> list[ItemId]:
        """Every item that answers *query*, best first; none when nothing answers it well.

        *query* has words: what filters alone match is a matter of the database. Raises as *search* does.
        """
        index = self._index()
        ranking = self._rank(session, principal, index, query)
        answered = fusion.answers(ranking.evidence)
        return _visible(session, principal, ranking.related()) if answered else []

    def rank(
        self, session: Session, principal: Principal, query: Query, *, limit: int, mode: Mode = Mode.HYBRID
    ) -> Ranked:
        """The first *limit* items for *query*, uncut by relevance, ranked by *mode*; for evaluation."""
        index = self._index()
        if mode is Mode.HYBRID:
            found = self._rank(session, principal, index, query)
            order = found.order
        else:
            found = self._first_stage(session, principal, index, query)
            order = fusion.rank(fusion.score(found.evidence, mode))
        return Ranked(tuple(order[:limit]), fusion.answers(found.evidence))

    def similar(
        self, session: Session, principal: Principal, ref: str, *, offset: int = 0, limit: int = 5
    ) -> Similar:
        """A page of items that mean what the item *ref* means, nearest first. Raises NotFoundError."""
        item = items.get(session, principal, ref)
        own = passages.first(session, principal, item.head.id)
        if own is None:
            return Similar(0, ())
        index = self._index()
        kept = embeddings.of_items(session, principal, self._encoder.model, [item.head.id])
        if kept:
            vector = meanings.read(kept[item.head.id])
        else:  # written a moment ago
            vector = self.meaning(passages.embedded_text(item.head.title, own.headings, own.text))
        among = self._permitted(session, principal, Filters())
        cosines = index.vectors.nearest(vector, DEPTH, among).of_items()
        cosines.pop(item.head.id, None)
        near = {item: cosine for item, cosine in cosines.items() if cosine >= fusion.SIMILAR_COSINE}
        order = _visible(session, principal, fusion.rank(near))
        page = [
            hits.Found(i, near[i], fusion.relevance_of_meaning(near[i]), Evidence(0.0, near[i]))
            for i in order[offset : offset + limit]
        ]
        known = self.known(session, principal)
        return Similar(
            len(order), hits.present(session, principal, hits.Asked("", vector), page, index.vectors, known)
        )

    def meaning(self, text: str) -> Vector:
        """What stands for *text* among the passages; of the texts asked for last it is remembered."""
        return self._meanings.get(0, text, lambda: self._encoder.encode([text])[0])

    def near(
        self, session: Session, principal: Principal, meaning: Vector, *, limit: int, filters: Filters
    ) -> dict[ItemId, float]:
        """At most *limit* items whose passages lie nearest to *meaning*, with their cosines, nearest first.

        Only of what *principal* may see and *filters* match. Raises UnavailableError without an index.
        """
        among = self._permitted(session, principal, filters)
        cosines = self._index().vectors.nearest(meaning, _PASSAGES_EACH * limit, among).of_items()
        order = _visible(session, principal, sorted(cosines, key=lambda item: (-cosines[item], item)))
        return {item: cosines[item] for item in order[:limit]}

    def lookup(self, session: Session, principal: Principal, groups: Sequence[Filters]) -> Lookup:
        """Where questions are looked up by the dozen, out of what *principal* may see.

        Each of *groups* has its own share of what is looked at. Raises UnavailableError without an index.
        """
        return Lookup(self._index(), [self._permitted(session, principal, group) for group in groups])

    def asked(self, texts: Sequence[str]) -> list[hits.Asked]:
        """Each of *texts* as a question: its meaning, and what may stand in the place of its words."""
        known = self._synonyms.current()
        spoken = [known.expand(text) for text in texts]
        vectors = self._encoder.encode_queries([one.spelled_out for one in spoken])
        return [
            hits.Asked(text, vector, one.alternatives)
            for text, vector, one in zip(texts, vectors, spoken, strict=True)
        ]

    def known(self, session: Session, principal: Principal) -> Experience:
        """What became of the items that *principal* may see; read again when something was written."""
        today = datetime.now(UTC).date()
        return self._experience.get(
            audit.latest(session), (principal, today), lambda: experience.read(session, principal, today)
        )

    def _index(self) -> Generation:
        """The present generation, opened anew when another one was published."""
        name = generation.current(self._folder)
        held = self._generation
        if held is not None and held.name == name:
            return held
        with self._lock:
            if self._generation is None or self._generation.name != name:
                self._generation = self._open()
            return self._generation

    def _open(self) -> Generation:
        try:
            opened = generation.open_current(self._folder)
        except DamagedError as error:
            raise UnavailableError(
                f"The search index is damaged: {error}. Run `kb sync` to build it anew."
            ) from error
        if opened is None:
            raise UnavailableError("There is no search index yet. Run `kb sync` to build it.")
        if opened.manifest.model != self._encoder.model:
            raise UnavailableError(
                f"The search index was made with the model {opened.manifest.model}, now "
                f"{self._encoder.model} is used. Run `kb sync` to build it anew."
            )
        return opened

    def _browse(
        self, session: Session, principal: Principal, query: Query, offset: int, limit: int
    ) -> Results:
        order, counts = self._browsed.get(
            audit.latest(session),
            (principal, repr(query.filters)),
            lambda: (
                np.array(items.in_order(session, principal, query.filters), np.int64),
                facets.count_all(session, principal, query.filters),
            ),
        )
        page = [ItemId(item) for item in order[offset : offset + limit].tolist()]
        heads = items.summaries(session, principal, page)
        known = self.known(session, principal)
        hits = tuple(
            Hit(heads[item], snippets.mark(heads[item].title, ()), 0.0, None, (), why)
            for item in page
            if item in heads
            for why in (Why(record=known.record(item), superseded_by=known.superseded_by(item)),)
        )
        return Results(query, len(order), hits, counts, nearest_only=False, capped=False)

    def _among(self, session: Session, principal: Principal, query: Query, index: Generation) -> Ids | None:
        """The items to rank: all filters are applied before ranking. None = every item there is."""
        among = self._permitted(session, principal, query.filters)
        chosen = [] if query.only is None else [np.array(sorted(query.only), np.int64)]
        for held in (*chosen, *map(index.words.holding, query.required)):
            among = held if among is None else held[np.isin(held, among, assume_unique=True)]
        if query.excluded:
            among = index.vectors.all_items() if among is None else among
            among = among[np.isin(among, index.words.holding(query.excluded), invert=True)]
        return among

    def _permitted(self, session: Session, principal: Principal, filters: Filters) -> Ids | None:
        """What *principal* may see and *filters* match, rising; None = every item there is."""
        if principal.sees_everything and not filters:
            return None
        return self._filtered.get(
            audit.latest(session),
            (principal, repr(filters)),
            lambda: np.array(facets.matching(session, principal, filters), np.int64),
        )

    def _rank(self, session: Session, principal: Principal, index: Generation, query: Query) -> _Ranking:
        ranking = self._first_stage(session, principal, index, query)
        if self._reranker is None or not ranking.order:
            return ranking
        first = ranking.order[: second_stage.FIRST]
        best = second_stage.nearest_passages(index.vectors, ranking.asked.vector, first)
        judge = partial(second_stage.judge, session, principal, self._reranker, query.text, best)
        # The next page of the same search must not take as long again.
        question = principal, query.text, tuple(best.items())
        scores = self._judged.get(audit.latest(session), question, judge)
        return ranking.reordered(second_stage.fuse(ranking.relevances(first), scores))

    def _first_stage(
        self, session: Session, principal: Principal, index: Generation, query: Query
    ) -> _Ranking:
        among = self._among(session, principal, query, index)
        named = items.named(session, principal, query.text)
        spoken = self._synonyms.current().expand(query.text)
        vector = self._encoder.encode_query(spoken.spelled_out)
        asked = hits.Asked(query.text, vector, spoken.alternatives)
        wanted = analysis.content_words(query.text)
        if not wanted or (among is not None and not len(among)):
            return _Ranking((), {}, {}, (), (), asked, capped=False, known=Experience())
        terms = evidence.terms(asked, wanted)
        depth, words_depth = _depths(len(index.vectors))
        comparing = self._beside.submit(index.vectors.nearest, vector, depth, among, floor=fusion.NEAR_COSINE)
        matches = index.words.matching(terms, words_depth, among)
        scarce = index.words.scarce(wanted, fusion.FEW, among).tolist()
        near = comparing.result()
        capped = _more_related(matches, words_depth) or len(near) == depth
        if not len(near):
            near = index.vectors.nearest(vector, 2 * fusion.NEAREST, among)
        speaking = evidence.weigh(index.vectors, vector, matches, near.of_items(), scarce)
        exact = {*scarce, *_holding_all(matches, wanted)}
        scores = fusion.score(speaking, Mode.HYBRID)
        known = self.known(session, principal)
        shifts = past.shifts(scores, known)
        moved = {item: score + shifts.get(item, 0.0) for item, score in scores.items()}
        order = fusion.rank(moved, named, exact)
        return _Ranking(tuple(order), scores, speaking, named, exact, asked, capped, known, shifts)


def _visible(session: Session, principal: Principal, order: Sequence[ItemId]) -> list[ItemId]:
    seen = items.visible_among(session, principal, order)
    return [item for item in order if item in seen]


def _depths(passages: int) -> tuple[int, int]:
    """How many passages near in meaning, and items that hold words, are looked at: in a small base all."""
    return (passages + 1, passages + 1) if passages <= _LOOKED_THROUGH else (DEPTH, WORDS_DEPTH)


def _more_related(matches: Sequence[WordMatch], depth: int) -> bool:
    """Whether more items hold words than *depth*, and might belong to the results for that alone."""
    return len(matches) == depth and fusion.related(fusion.fuse(Evidence(matches[-1].share, 0.0)))


def _holding_all(matches: Sequence[WordMatch], wanted: Sequence[str]) -> list[ItemId]:
    """The items that hold all of several words close together, when they are few."""
    found = [match.item for match in matches if match.held > _ALL] if len(wanted) > 1 else []
    return found if len(found) <= _FEW_HOLD_ALL else []
