"""Search: what is asked for, among what may be seen, best first, with reasons."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from sqlalchemy.orm import Session

from kb import audit, facets, items, passages
from kb.access import Principal
from kb.errors import UnavailableError
from kb.facets import FacetCounts
from kb.values import Filters, ItemId, PassageId
from search import analysis, fusion, generation, hits, snippets
from search.fusion import Evidence, Mode
from search.generation import DamagedError, Generation
from search.ports import Encoder, Ids, Vector, VectorIndex, WordMatch
from search.query import Query
from search.remembered import Remembered
from search.results import Hit, Ranked, Results, Similar, Why
from search.synonyms import SynonymFile, reinforced

DEPTH = 1_000
"""Passages near in meaning that are looked at for one query."""
WORDS_DEPTH = 200
"""Items that hold words that are looked at: those further down decide nothing."""
_REMEMBERED = 32
"""Filters whose items are kept in memory until something is written."""
_NONE: Ids = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Items in order, and what speaks for each."""

    order: tuple[ItemId, ...]
    scores: dict[ItemId, float]
    evidence: dict[ItemId, Evidence]
    vector: Vector
    """The query's."""
    capped: bool
    """More may be related than were looked at."""

    def related(self) -> list[ItemId]:
        """The items that belong to the results of a query that is answered, in order."""
        return [i for i in self.order if fusion.related(self.evidence[i], self.scores[i])]

    def found(self, page: Sequence[ItemId]) -> list[hits.Found]:
        """The items of *page* as they are to be shown."""
        return [hits.Found(item, self.scores[item], self.evidence[item]) for item in page]


class Engine:
    """Searches the present generation of the index. Safe to share between threads."""

    def __init__(self, encoder: Encoder, folder: Path, synonyms: SynonymFile | None = None) -> None:
        self._encoder = encoder
        self._folder = folder
        self._synonyms = synonyms or SynonymFile(None)
        self._lock = Lock()
        self._generation: Generation | None = None
        self._filtered: Remembered[Ids] = Remembered(_REMEMBERED)
        self._browsed: Remembered[tuple[Ids, FacetCounts]] = Remembered(_REMEMBERED)

    @property
    def ready(self) -> bool:
        """Whether there is an index that can be searched."""
        try:
            self._index()
        except UnavailableError:
            return False
        return True

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
        among = self._among(session, principal, query, index)
        named = items.named(session, principal, query.text)
        ranking = self._rank(index, query, among, named)
        answered = fusion.answers(ranking.evidence)
        if answered:
            order = ranking.related()
        else:
            order = _visible(session, principal, ranking.order)[: fusion.NEAREST]
        counts = facets.count(session, principal, order)
        if facets.total(counts) < len(order):
            # The index is a moment older than the database.
            order = _visible(session, principal, order)
        page = ranking.found(order[offset : offset + limit])
        return Results(
            query,
            len(order),
            hits.present(session, principal, query.text, ranking.vector, page, index.vectors),
            counts,
            nearest_only=not answered and bool(order),
            capped=ranking.capped and answered,
        )

    def matching(self, session: Session, principal: Principal, query: Query) -> list[ItemId]:
        """Every item that answers *query*, best first; none when nothing answers it well.

        *query* has words: what filters alone match is a matter of the database. Raises as *search* does.
        """
        index = self._index()
        among = self._among(session, principal, query, index)
        ranking = self._rank(index, query, among, items.named(session, principal, query.text))
        answered = fusion.answers(ranking.evidence)
        return _visible(session, principal, ranking.related()) if answered else []

    def rank(
        self, session: Session, principal: Principal, query: Query, *, limit: int, mode: Mode = Mode.HYBRID
    ) -> Ranked:
        """The first *limit* items for *query*, uncut by relevance, ranked by *mode*; for evaluation."""
        index = self._index()
        among = self._among(session, principal, query, index)
        named = items.named(session, principal, query.text)
        found = self._rank(index, query, among, named)
        answered = fusion.answers(found.evidence)
        if mode is Mode.HYBRID:
            return Ranked(found.order[:limit], answered)
        scores = {Mode.WORDS: fusion.by_words, Mode.MEANING: fusion.by_meaning}[mode](found.evidence)
        order = sorted(scores, key=lambda item: (-scores[item], item))
        return Ranked(tuple(order[:limit]), answered)

    def similar(
        self, session: Session, principal: Principal, ref: str, *, offset: int = 0, limit: int = 5
    ) -> Similar:
        """A page of items that mean what the item *ref* means, nearest first. Raises NotFoundError."""
        item = items.get(session, principal, ref)
        own = passages.first(session, principal, item.head.id)
        if own is None:
            return Similar(0, ())
        index = self._index()
        text = passages.embedded_text(item.head.title, own.headings, own.text)
        vector = self._encoder.encode([text])[0]
        among = self._permitted(session, principal, Filters())
        evidence = _weigh(index.vectors, vector, (), index.vectors.nearest(vector, DEPTH, among), _NONE)
        evidence.pop(item.head.id, None)
        order = sorted(
            filter(lambda i: fusion.related(evidence[i], 0.0), evidence), key=lambda i: -evidence[i].cosine
        )
        seen = _visible(session, principal, order)
        page = [hits.Found(i, evidence[i].cosine, evidence[i]) for i in seen[offset : offset + limit]]
        return Similar(len(seen), hits.present(session, principal, "", vector, page, index.vectors))

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
        known = items.summaries(session, principal, page)
        hits = tuple(
            Hit(known[item], snippets.mark(known[item].title, ()), 0.0, (), Why((), None))
            for item in page
            if item in known
        )
        return Results(query, len(order), hits, counts, nearest_only=False, capped=False)

    def _among(self, session: Session, principal: Principal, query: Query, index: Generation) -> Ids | None:
        """The items to rank: all filters are applied before ranking. None = every item there is."""
        among = self._permitted(session, principal, query.filters)
        for any_of in query.required:
            held = index.words.holding(any_of)
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

    def _rank(
        self,
        index: Generation,
        query: Query,
        among: Ids | None,
        named: Collection[ItemId],
    ) -> _Ranking:
        spoken = self._synonyms.current().expand(query.text)
        vector = self._encoder.encode_query(spoken.spelled_out)
        wanted = analysis.content_words(query.text)
        if not wanted or (among is not None and not len(among)):
            return _Ranking((), {}, {}, vector, capped=False)
        matches = reinforced(
            index.words.matching(wanted, WORDS_DEPTH, among),
            index.words.matching(spoken.alternatives, WORDS_DEPTH, among),
        )
        near = index.vectors.nearest(vector, DEPTH, among, floor=fusion.RELATED_COSINE)
        capped = len(near) == DEPTH
        near = near or index.vectors.nearest(vector, 2 * fusion.NEAREST, among)
        everything = index.words.holding(wanted, together=True)
        evidence = _weigh(index.vectors, vector, matches, near, everything)
        scores = fusion.fuse(evidence)
        order = fusion.rank(evidence, scores, named)
        return _Ranking(tuple(order), scores, evidence, vector, capped)


def _visible(session: Session, principal: Principal, order: Sequence[ItemId]) -> list[ItemId]:
    seen = items.visible_among(session, principal, order)
    return [item for item in order if item in seen]


def _weigh(
    vectors: VectorIndex,
    query: Vector,
    matches: Sequence[WordMatch],
    near: Sequence[tuple[PassageId, float]],
    holding_all: Ids,
) -> dict[ItemId, Evidence]:
    """What speaks for each item that either index offers; meaning is looked up where only words spoke."""
    lexical = {match.item: match for match in matches}
    cosines = _best_cosines(vectors, near)
    least = fusion.FAINT_WORDS * (matches[0].bm25 if matches else 0.0)
    only_words = [m.item for m in matches if m.bm25 >= least and m.item not in cosines]
    cosines.update(_best_cosines(vectors, vectors.of_items(query, np.array(only_words, np.int64))))
    together = set(holding_all[np.isin(holding_all, list(cosines))].tolist())
    return {
        item: Evidence(
            lexical[item].bm25 if item in lexical else 0.0,
            cosine,
            item in together,
            lexical[item].passage if item in lexical else None,
        )
        for item, cosine in cosines.items()
    }


def _best_cosines(vectors: VectorIndex, scored: Sequence[tuple[PassageId, float]]) -> dict[ItemId, float]:
    best: dict[ItemId, float] = {}
    for (_, cosine), item in zip(scored, vectors.items([id_ for id_, _ in scored]), strict=True):
        if cosine > best.get(item, -2.0):
            best[item] = cosine
    return best
