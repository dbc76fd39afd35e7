"""What a ranking is worth on judged queries, whether another is better, and whether that is chance."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any, NamedTuple

import ir_measures
import numpy as np
from ir_measures import RR, Judged, R, nDCG
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.errors import InvalidError
from kb.searching.evaluations import Abstention, Evaluation, Figures, QueryScore
from kb.values import ItemId
from search.engine import Engine
from search.fusion import Mode
from search.query import Query
from search.querysets import QuerySet

DEPTH = 20
"""Documents of each ranking that are looked at."""
NDCG, RECALL, MRR, JUDGED = "nDCG@10", "recall@20", "MRR@10", "judged@10"
MEASURES = {NDCG: nDCG @ 10, RECALL: R @ 20, MRR: RR @ 10, JUDGED: Judged @ 10}
GATED = (NDCG, RECALL)
"""What must not fall."""
TOLERANCE = 0.005
"""By how much a measure may be worse before it counts as worse."""
_RESAMPLES = 9_999
_SEED = 7


class Ranking(NamedTuple):
    """What a system gives for one query."""

    documents: Sequence[str]
    """Best first, each once."""
    answered: bool = True
    """Whether the system thinks that something answers."""


Ranker = Callable[[str], Ranking]
"""A system under test: from the text of a query to its ranking."""


def evaluate(
    queryset: QuerySet, ranker: Ranker, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> Evaluation:
    """Ask *ranker* every query of the set and measure what it gives.

    Measured are the answerable queries with a relevant document; abstention counts the unanswerable ones
    too. *progress* is told how many queries of how many are done.
    """
    asked = [query for query in queryset.queries if queryset.scored(query) or not query.answerable]
    if not asked:
        raise InvalidError(f"The query set {queryset.name} has no query that could be measured.")
    ranker(asked[0].text)  # the first one is slower than all that follow
    rankings: dict[str, Ranking] = {}
    milliseconds: dict[str, float] = {}
    for done, query in enumerate(asked):
        progress(done, len(asked))
        started = perf_counter()
        rankings[query.id] = ranker(query.text)
        milliseconds[query.id] = (perf_counter() - started) * 1000
    progress(len(asked), len(asked))
    measured = measure(queryset, {id_: ranking.documents for id_, ranking in rankings.items()})
    scores = tuple(
        QueryScore(
            query.id,
            query.text,
            query.answerable,
            rankings[query.id].answered,
            milliseconds[query.id],
            measured.get(query.id, {}),
        )
        for query in asked
    )
    p50, p95 = np.percentile(list(milliseconds.values()), [50, 95])
    return Evaluation(_means(scores), abstention(scores), float(p50), float(p95), scores)


def ranker(
    engine: Engine,
    session: Session,
    principal: Principal,
    names: Mapping[ItemId, str],
    mode: Mode = Mode.HYBRID,
) -> Ranker:
    """*engine* as a system under test; *names* are the judged documents' ids (`items.referred`).

    The text of a query is taken as words: judged queries know nothing of filters and quotes.
    """

    def rank(text: str) -> Ranking:
        found = engine.rank(session, principal, Query(text), limit=DEPTH, mode=mode)
        return Ranking([names.get(item, f"#{item}") for item in found.items], found.answered)

    return rank


def measure(queryset: QuerySet, rankings: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """The measures of each query that can be measured; a query without a ranking scores nothing.

    A grade counts as a gain of 2^grade - 1 (Burges et al. 2005), which nDCG discounts by log2(rank + 1);
    for recall and reciprocal rank every grade above 0 is relevant.
    """
    measured = {query.id for query in queryset.queries if queryset.scored(query)}
    judgments = [
        ir_measures.Qrel(query, document, 2**grade - 1)
        for query in measured
        for document, grade in queryset.judgments[query].items()
    ]
    scored = [
        ir_measures.ScoredDoc(query, document, -place)
        for query, documents in rankings.items()
        if query in measured
        for place, document in enumerate(_once(documents))
    ]
    names = {str(found): name for name, found in MEASURES.items()}
    # Where nothing was found, not every provider says so.
    values = {query: dict.fromkeys(MEASURES, 0.0) for query in measured}
    for found in _calculated(judgments, scored):
        values[found.query_id][names[str(found.measure)]] = float(found.value)
    return values


def _calculated(judgments: Sequence[Any], scored: Sequence[Any]) -> Iterator[Any]:
    calculate: Any = ir_measures.iter_calc  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return calculate(list(MEASURES.values()), judgments, scored) if judgments and scored else iter(())


def _once(documents: Iterable[str]) -> Iterator[str]:
    return islice(dict.fromkeys(documents), DEPTH)


def _means(scores: Iterable[QueryScore]) -> dict[str, float]:
    measured = [score.measures for score in scores if score.measures]
    return {name: float(np.mean([values[name] for values in measured])) for name in MEASURES if measured}


def abstention(scores: Iterable[QueryScore]) -> Abstention:
    """How often what nothing answers was refused, and how often what something answers."""
    refused = [score.answerable for score in scores if not score.answered]
    asked = [score.answerable for score in scores]
    return Abstention(asked.count(False), refused.count(False), asked.count(True), refused.count(True))


@dataclass(frozen=True, slots=True)
class Difference:
    """One query under two systems."""

    query: str
    text: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """Positive when the second system is better."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same queries."""

    measure: str
    change: float
    """Mean change over the queries."""
    p_value: float
    """How likely chance alone gives a change at least that large, either way."""
    differences: tuple[Difference, ...]
    """Best for the second system first."""

    @property
    def better(self) -> int:
        """How many queries the second system does better."""
        return sum(one.change > 0 for one in self.differences)

    @property
    def worse(self) -> int:
        """How many queries it does worse."""
        return sum(one.change < 0 for one in self.differences)


def compare(before: Evaluation, after: Evaluation, measure: str = NDCG) -> Comparison:
    """How *after* differs from *before* on the queries that both measured.

    The p-value is of a paired randomisation test, which assumes nothing of how scores are distributed
    (Smucker, Allan and Carterette 2007). Raises InvalidError when there is no common query.
    """
    old = {score.id: score.measures[measure] for score in before.queries if measure in score.measures}
    differences = [
        Difference(score.id, score.text, old[score.id], score.measures[measure])
        for score in after.queries
        if score.id in old and measure in score.measures
    ]
    if not differences:
        raise InvalidError(f"The two runs have no query in common that {measure} could be compared on.")
    changes = np.asarray([one.change for one in differences])
    differences.sort(key=lambda one: (-one.change, one.query))
    return Comparison(measure, float(changes.mean()), _p_value(changes), tuple(differences))


def _p_value(changes: "np.ndarray[Any, np.dtype[np.float64]]") -> float:
    """Of the mean of paired *changes*, whose signs chance could have drawn otherwise."""
    from scipy import stats  # pyright: ignore[reportMissingTypeStubs] - slow to load, and no search needs it

    if len(changes) < 2 or not changes.any():
        return 1.0
    test: Any = stats.permutation_test  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    found = test(
        (changes,),
        np.mean,
        permutation_type="samples",
        n_resamples=_RESAMPLES,
        vectorized=True,
        rng=np.random.default_rng(_SEED),
    )
    return float(found.pvalue)


def worse(candidate: Figures, baseline: Figures, tolerance: float = TOLERANCE) -> list[str]:
    """In what *candidate* is worse than *baseline* by more than *tolerance*, a sentence each.

    nDCG@10, recall@20 and how well it is known that nothing answers.
    """
    found: list[str] = []
    for name in GATED:
        old, new = baseline.measures.get(name), candidate.measures.get(name)
        if _fell(old, new, tolerance):
            found.append(f"{name} fell from {old:.3f} to {new or 0.0:.3f}.")
    old, new = baseline.abstention, candidate.abstention
    if _fell(old.precision, new.precision, tolerance):
        found.append(
            f"Of the refused queries only {new.precision:.0%} are unanswerable; it was {old.precision:.0%}."
        )
    if _fell(old.recall, new.recall, tolerance):
        found.append(
            f"Of the unanswerable queries only {new.recall:.0%} are refused; it was {old.recall:.0%}."
        )
    if _fell(new.refused, old.refused, tolerance):
        found.append(
            f"Of the answerable queries {new.refused:.1%} are refused; it was only {old.refused:.1%}."
        )
    return found


def _fell(old: float | None, new: float | None, tolerance: float) -> bool:
    return old is not None and new is not None and old - new > tolerance + 1e-12
