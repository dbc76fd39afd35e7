"""A brief: what answers each need, put together, by likely consequence for the project."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from kb import items, passages
from kb.access import Principal
from kb.briefs import traits, verdicts
from kb.briefs.traits import Traits
from kb.briefs.values import Composed, Entry, Match, Need, NeedKind
from kb.items import ItemSummary
from kb.life.experience import Experience
from kb.searching import embeddings
from kb.values import Filters, ItemId, PassageId
from kb.vocabulary import FacetName, Kind, Polarity, Priority, Status
from search import analysis, doubles, experience, fusion, meanings, second_stage
from search.briefs import hearing, ranking
from search.briefs.ranking import Candidate
from search.engine import Engine
from search.hits import Asked
from search.ports import Vector

LIMIT = 30
"""Entries of a brief unless it is said."""
_KINDS = ((Kind.LESSON,), (Kind.PRACTICE, Kind.TEMPLATE, Kind.TRAINING))
"""What is looked for; each group by itself, so that the many do not hide the few."""
_DEPTH = 150
"""Passages, and rows with its words, that are looked at for a need in each group."""
_AT_FIRST, _AT_ONCE = 2, 12
"""Needs whose meaning is computed together: few at first, since somebody waits."""
_COMES_UP = 25
"""Items that come up for any need; what a further one scores is no merit (docs/decisions/0009)."""
ANSWERS = 0.2
"""Relevance from which an item answers a need."""
_NEAR = 0.7
"""Cosines to the need and to all needs together, added, without which it does not after all: the words of a
need may all stand in a text of another trade."""
_SHORT, _NEARER = 3, 0.05
"""Words that say something, up to which a need is met by chance most easily, and what is asked on top."""
_POOL = 150
"""Candidates that are put in order; those worth less by themselves never reach a page."""
_FIRST = 3
"""Items told of as soon as a need is looked up."""
_MATCHES = 3
"""Needs that are shown for an item."""
_TELLING = {
    NeedKind.RISK: 1.0,
    NeedKind.CONSTRAINT: 0.9,
    NeedKind.SUPPLIER: 0.9,
    NeedKind.TECHNOLOGY: 0.9,
    NeedKind.STAKEHOLDER: 0.85,
    NeedKind.OBJECTIVE: 0.85,
    NeedKind.DELIVERABLE: 0.8,
    NeedKind.PHASE: 0.8,
    NeedKind.LOCATION: 0.7,
}
"""How much a need of that kind decides: first what may go wrong."""
_WHOLE = 1.0
"""How much the nearness of an item to all needs together counts: a tenth for a tenth of cosine."""
_PRIORITY = {Priority.URGENT: 1.1, Priority.CAUTION: 1.05}
_STANDING = {Status.LEARNED: 1.2, Status.IN_ACTION: 1.15, Status.ENDORSED: 1.15}
_OUT = (Status.DRAFT, Status.RETURNED, Status.REJECTED, Status.SUPERSEDED, Status.ARCHIVED)
"""What nobody should go by: not yet, or not any more."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What comes up for one need, as soon as it was looked up."""

    need: int
    """Index among the needs."""
    entries: tuple[Entry, ...]
    """The few most relevant first; none when nothing answers it well."""


def compose(
    engine: Engine,
    session: Session,
    principal: Principal,
    needs: Sequence[Need],
    *,
    filters: Filters | None = None,
    limit: int = LIMIT,
) -> Composed:
    """The whole brief at once; see *stream*."""
    brief = _Brief(engine, session, principal, needs, filters or Filters())
    for _ in brief.look_up():
        pass
    return brief.put_together(limit)


def stream(
    engine: Engine,
    session: Session,
    principal: Principal,
    needs: Sequence[Need],
    *,
    filters: Filters | None = None,
    limit: int = LIMIT,
) -> Iterator[Answered | Composed]:
    """What comes up for each of *needs*, one after the other, and then the brief of at most *limit* entries.

    What comes up and lies far from the project as a whole is not in the brief.
    Only what *principal* may see and *filters* match. An entry's place is by

    - how far it stands out for the needs it answers, by words and meaning as in any search: the needs'
      scores can't be compared, since a short one is met by chance and a long one never wholly;
    - how much those needs decide (a risk more than a place), and whether they are answered above already;
    - how near it is to the needs taken together: a word may mean another thing in another trade;
    - what it is: urgent, endorsed, applied with success;
    - what projects with like needs found of it;
    - how often its knowledge area, and nearly the same, stands above already.

    Raises UnavailableError without an index.
    """
    brief = _Brief(engine, session, principal, needs, filters or Filters())
    for number in brief.look_up():
        yield brief.told(number)
    yield brief.put_together(limit)


class _Found(NamedTuple):
    """How an item answers a need."""

    relevance: float
    """0 to 1, as search judges it."""
    edge: float
    """By how much it scores more than what comes up for any need."""
    cosine: float


class _Brief:
    def __init__(
        self,
        engine: Engine,
        session: Session,
        principal: Principal,
        needs: Sequence[Need],
        filters: Filters,
    ) -> None:
        self._engine = engine
        self._session = session
        self._principal = principal
        self._needs = tuple(needs)
        self._lookup = engine.lookup(session, principal, [_of_kinds(filters, group) for group in _KINDS])
        self._asked: list[Asked] = []
        self._found: defaultdict[ItemId, dict[int, _Found]] = defaultdict(dict)
        self._first: list[list[ItemId]] = []
        """For each need that was looked up the few items that answer it best."""

    def look_up(self) -> Iterator[int]:
        """Find what answers each need; the number of each that is done."""
        borders = [0, *range(_AT_FIRST, len(self._needs), _AT_ONCE), len(self._needs)]
        for start, end in pairwise(borders):
            texts = [need.text for need in self._needs[start:end]]
            for number, asked in enumerate(self._engine.asked(texts), start):
                self._look_up(number, asked)
                yield number

    def _look_up(self, number: int, asked: Asked) -> None:
        self._asked.append(asked)
        evidence = self._lookup.evidence(asked, _DEPTH)
        scores = fusion.score(evidence, fusion.Mode.HYBRID)
        order = fusion.rank(scores)[:_COMES_UP]
        passed = scores[order[-1]] if len(order) == _COMES_UP else 0.0
        good = [item for item in order if fusion.relevance(scores[item]) >= ANSWERS]
        for item in good:
            relevance = fusion.relevance(scores[item])
            self._found[item][number] = _Found(relevance, scores[item] - passed, evidence[item].cosine)
        self._first.append(good[:_FIRST])

    def told(self, number: int) -> Answered:
        """What answers the need of that number, ready to be shown."""
        first = [(item, {number: self._found[item][number]}, ()) for item in self._first[number]]
        return Answered(number, self._entries(first))

    def put_together(self, limit: int) -> Composed:
        """The brief out of all that was found."""
        known = self._engine.known(self._session, self._principal)
        close = self._closeness()
        self._leave_out_far(close)
        weights = [_TELLING[need.kind] for need in self._needs]
        about = traits.read(self._session, self._principal, list(self._found))
        heard = self._heard()
        candidates = [
            Candidate(
                item,
                about[item].kind,
                {need: one.edge for need, one in found.items()},
                _weight(item, about[item], known) * heard.get(item, 1.0) * exp(_WHOLE * close.get(item, 0.0)),
                about[item].areas,
            )
            for item, found in self._found.items()
            if item in about and about[item].status not in _OUT
        ]
        candidates.sort(key=lambda one: (-ranking.worth(one, weights), one.item))
        pool, alike = self._folded(candidates[:_POOL])
        order = ranking.order(pool, weights, limit)
        served = {need for one in candidates for need in one.edges}
        return Composed(
            self._needs,
            self._entries([(one.item, self._found[one.item], alike.get(one.item, ())) for one in order]),
            tuple(number for number in range(len(self._needs)) if number not in served),
        )

    def _heard(self) -> dict[ItemId, float]:
        """What those that other briefs offered count by the verdicts there."""
        found = verdicts.voices(self._session, self._principal, self._found)
        return {
            item: hearing.factor(voices, [self._needs[need].text for need in self._found[item]])
            for item, voices in found.items()
        }

    def _closeness(self) -> dict[ItemId, float]:
        """The cosine of what was found to the needs taken together."""
        if not self._found:
            return {}
        meaning = meanings.together([asked.vector for asked in self._asked])
        return self._lookup.vectors.of_items(meaning, np.array(sorted(self._found), np.int64)).of_items()

    def _leave_out_far(self, close: Mapping[ItemId, float]) -> None:
        """Keep of what was found what lies near enough to its needs and to the project."""
        least = [_NEAR + _NEARER * (len(analysis.content_stems(need.text)) <= _SHORT) for need in self._needs]
        for item, found in list(self._found.items()):
            whole = close.get(item, 0.0)
            near = {need: one for need, one in found.items() if one.cosine + whole >= least[need]}
            if near:
                self._found[item] = near
            else:
                del self._found[item]

    def _folded(
        self, candidates: Sequence[Candidate]
    ) -> tuple[list[Candidate], dict[ItemId, tuple[ItemId, ...]]]:
        """*candidates* without those that say the same as one before; each kept one answers for them too."""
        ids = [one.item for one in candidates]
        titles = items.summaries(self._session, self._principal, ids)
        vectors = {
            item: meanings.read(vector)
            for item, vector in embeddings.of_items(
                self._session, self._principal, self._engine.model, ids
            ).items()
        }
        kept: list[Candidate] = []
        alike: dict[ItemId, tuple[ItemId, ...]] = {}
        for one in candidates:
            if one.item not in titles:
                continue
            same = next((other for other in kept if _same(one, other, titles, vectors)), None)
            if same is None:
                kept.append(one)
            else:
                alike[same.item] = (*alike.get(same.item, ()), one.item)
        return kept, alike

    def _entries(
        self, chosen: Sequence[tuple[ItemId, Mapping[int, _Found], tuple[ItemId, ...]]]
    ) -> tuple[Entry, ...]:
        """*chosen* items, each with the needs it answers and those that say the same, ready to be shown."""
        shown = {
            item: sorted(found, key=lambda need: (-found[need].edge, need))[:_MATCHES]
            for item, found, _ in chosen
        }
        places = self._places(shown)
        texts = passages.read(self._session, self._principal, list(set(places.values())))
        heads = items.summaries(self._session, self._principal, list(shown))
        entries: list[Entry] = []
        for item, found, alike in chosen:
            matches = tuple(
                Match(need, texts[places[item, need]], round(found[need].relevance, 4))
                for need in shown[item]
                if places.get((item, need)) in texts
            )
            if item in heads and heads[item].status not in _OUT and matches:
                entries.append(Entry(heads[item], matches, alike))
        return tuple(entries)

    def _places(self, shown: Mapping[ItemId, Sequence[int]]) -> dict[tuple[ItemId, int], PassageId]:
        """The passage of each item that is nearest to each need shown for it."""
        of_need: defaultdict[int, list[ItemId]] = defaultdict(list)
        for item, needs in shown.items():
            for need in needs:
                of_need[need].append(item)
        return {
            (item, need): passage
            for need, ids in of_need.items()
            for item, passage in second_stage.nearest_passages(
                self._lookup.vectors, self._asked[need].vector, ids
            ).items()
        }


def _of_kinds(filters: Filters, kinds: Sequence[Kind]) -> Filters:
    wanted = filters.facets.get(FacetName.KIND)
    both = tuple(str(kind) for kind in kinds if not wanted or kind in wanted)
    return replace(filters, facets={**filters.facets, FacetName.KIND: both or ("none",)})


def _weight(item: ItemId, about: Traits, known: Experience) -> float:
    """How much an item matters by what it is."""
    record = 1 + 0.2 * experience.proof(known.record(item))
    told = 1.03 if about.polarity is Polarity.NEGATIVE else 1.0
    overdue = 0.97 if item in known.overdue else 1.0
    urgent = _PRIORITY.get(about.priority, 1.0) if about.priority else 1.0
    return urgent * _STANDING.get(about.status, 1.0) * record * told * overdue


def _same(
    one: Candidate,
    other: Candidate,
    titles: Mapping[ItemId, ItemSummary],
    vectors: Mapping[ItemId, Vector],
) -> bool:
    """Whether two items say nearly the same."""
    if one.kind is not other.kind or one.item not in vectors or other.item not in vectors:
        return False
    cosine = float(vectors[one.item] @ vectors[other.item])
    if cosine < doubles.LEAST:
        return False
    shared = doubles.shared_words(titles[one.item].title, titles[other.item].title)
    return doubles.likeness(cosine, shared) is not None
