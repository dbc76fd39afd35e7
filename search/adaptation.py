"""Teaching an encoder the organisation's language: what it is trained on, and whether it became better."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kb.errors import InvalidError
from kb.searching.encoders import Figure
from kb.searching.evaluations import Evaluation
from kb.searching.pairs import Pair, Part
from kb.text import digest
from search import evaluation
from search.evaluation import NDCG, Ranker, Ranking
from search.ports import Encoder
from search.querysets import JudgedQuery, QuerySet

FEWEST_PAIRS = 200
"""With fewer pairs to train on, an encoder learns them by heart and nothing else."""
FEWEST_QUERIES = 10
"""With fewer queries to measure on, chance decides."""
_MOST_QUERIES = 400
"""More take time and tell nothing new."""
_SIGNIFICANT = 0.05
HELD_OUT = "held-out texts of the base"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Pairs that nothing was trained on, as judged queries: each has to find the text it belongs to."""

    queryset: QuerySet
    texts: tuple[str, ...]
    beside: dict[str, frozenset[str]]
    """For each query, other texts of its item: they say the same, but do not count."""

    def ranker(self, encoder: Encoder) -> Ranker:
        """*encoder* by itself, ranking the texts by meaning."""
        vectors = encoder.encode(self.texts)
        ids = np.asarray([digest(text) for text in self.texts])

        def rank(query: str) -> Ranking:
            order = np.argsort(-(vectors @ encoder.encode_query(query)), kind="stable")
            left_out = self.beside[query]
            found = (str(ids[place]) for place in order)
            return Ranking([id_ for id_ in found if id_ not in left_out][: evaluation.DEPTH])

        return rank

    def evaluate(self, encoder: Encoder) -> Evaluation:
        """What *encoder* by itself is worth on them."""
        return evaluation.evaluate(self.queryset, self.ranker(encoder))


def held_out(pairs: Iterable[Pair], part: Part) -> HeldOut:
    """The pairs of *part* as judged queries. Raises InvalidError when they are too few to tell anything."""
    chosen = [pair for pair in pairs if pair.part is part]
    by_item: dict[int, set[str]] = {}
    answers: dict[str, dict[str, int]] = {}
    owner: dict[str, int] = {}
    for pair in chosen:
        by_item.setdefault(pair.item, set()).add(digest(pair.text))
        answers.setdefault(pair.query, {})[digest(pair.text)] = 1
        owner[pair.query] = pair.item
    # By digest, so that a cut at the limit is a fair sample.
    asked = sorted(answers, key=digest)[:_MOST_QUERIES]
    if len(asked) < FEWEST_QUERIES:
        raise InvalidError(
            f"The base holds too little to learn from: {len(asked)} texts could be measured on, "
            f"{FEWEST_QUERIES} are needed. Read in more lessons and documents first."
        )
    queries = tuple(JudgedQuery(query, query) for query in asked)
    judgments = {query: answers[query] for query in asked}
    beside = {query: frozenset(by_item[owner[query]] - answers[query].keys()) for query in asked}
    texts = tuple(dict.fromkeys(pair.text for pair in chosen))
    return HeldOut(QuerySet(HELD_OUT, digest(*asked), queries, judgments), texts, beside)


def figures(name: str, before: Evaluation, after: Evaluation) -> Iterator[Figure]:
    """The gated measures on the query set *name*."""
    for measure in evaluation.GATED:
        found = evaluation.compare(before, after, measure)
        yield Figure(name, measure, before.measures[measure], after.measures[measure], found.p_value)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a trained encoder is to be used, and why."""

    better: bool
    sentence: str


def verdict(measured: Sequence[tuple[str, Evaluation, Evaluation]]) -> Verdict:
    """Better is what gains on the held-out texts beyond chance and loses on none of the judged sets.

    *measured* holds the name of a set with what the encoder in force and the trained one are worth on it,
    the held-out texts first.
    """
    _, before, after = measured[0]
    gain = evaluation.compare(before, after)
    told = (
        f"on {len(gain.differences)} {HELD_OUT}, nDCG@10 went from {before.measures[NDCG]:.3f} "
        f"to {after.measures[NDCG]:.3f}"
    )
    if gain.change <= 0 or gain.p_value >= _SIGNIFICANT:
        chance = ", which may be chance" if gain.change > 0 else ""
        return Verdict(better=False, sentence=f"Not better: {told}{chance}.")
    for name, old, new in measured[1:]:
        faults = evaluation.worse(new, old)
        if faults:
            return Verdict(better=False, sentence=f"Not better: {told}, but on {name}: {' '.join(faults)}")
    rest = "; it holds on " + ", ".join(name for name, _, _ in measured[1:]) if measured[1:] else ""
    return Verdict(better=True, sentence=f"Better: {told}{rest}.")
