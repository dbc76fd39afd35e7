import math
from collections.abc import Mapping, Sequence
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import InvalidError
from kb.searching.evaluations import Abstention, Evaluation, QueryScore
from search import evaluation
from search.evaluation import MEASURES, Ranking
from search.querysets import JudgedQuery, QuerySet

DOCUMENTS = [f"d{number}" for number in range(30)]
queries = st.dictionaries(
    st.sampled_from(["q1", "q2", "q3"]),
    st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(0, 4), min_size=1),
    min_size=1,
)
rankings = st.fixed_dictionaries(
    {name: st.lists(st.sampled_from(DOCUMENTS), unique=True) for name in ("q1", "q2", "q3")}
)


def queryset(judgments: Mapping[str, Mapping[str, int]], *unanswerable: str) -> QuerySet:
    asked = (JudgedQuery(id_, f"text of {id_}") for id_ in judgments)
    none = (JudgedQuery(id_, f"text of {id_}", answerable=False) for id_ in unanswerable)
    return QuerySet("set", "digest", (*asked, *none), judgments)


def by_hand(grades: Mapping[str, int], documents: Sequence[str]) -> dict[str, float]:
    """All measures from their definitions."""

    def gain(order: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(order[:10]))

    relevant = {document for document, grade in grades.items() if grade > 0}
    first = next((place for place, d in enumerate(documents[:10], 1) if d in relevant), None)
    found = [grades.get(document, 0) for document in documents]
    return {
        "nDCG@10": gain(found) / gain(sorted(grades.values(), reverse=True)),
        "recall@20": len(relevant & set(documents[:20])) / len(relevant),
        "MRR@10": 1 / first if first else 0.0,
        "judged@10": sum(d in grades for d in documents[:10]) / min(10, len(documents)) if documents else 0.0,
    }


@settings(deadline=None)
@given(queries, rankings)
def test_measures_are_what_their_definitions_say(
    judgments: dict[str, dict[str, int]], ranked: dict[str, list[str]]
) -> None:
    found = evaluation.measure(queryset(judgments), ranked)
    assert found.keys() == {id_ for id_, grades in judgments.items() if any(grades.values())}
    for id_, values in found.items():
        expected = by_hand(judgments[id_], ranked[id_])
        for name in MEASURES:
            assert values[name] == pytest.approx(expected[name], abs=1e-6), name


def test_a_document_counts_once_and_only_so_deep() -> None:
    judged = queryset({"q1": {"a": 1, "b": 1}})
    twice = evaluation.measure(judged, {"q1": ["a", "a", "b"]})["q1"]
    assert twice == evaluation.measure(judged, {"q1": ["a", "b"]})["q1"]
    late = [*(f"x{number}" for number in range(20)), "a"]
    assert evaluation.measure(judged, {"q1": late})["q1"]["recall@20"] == 0.0


def test_a_system_is_asked_every_query_that_says_something() -> None:
    judged = queryset({"q1": {"a": 1}, "q2": {"b": 0}}, "none1", "none2")
    asked: list[str] = []

    def system(text: str) -> Ranking:
        asked.append(text)
        return Ranking(["a"], answered=text != "text of none1")

    steps: list[tuple[int, int]] = []
    found = evaluation.evaluate(judged, system, progress=lambda done, total: steps.append((done, total)))
    assert set(asked) == {"text of q1", "text of none1", "text of none2"}
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert found.measures == {"nDCG@10": 1.0, "recall@20": 1.0, "MRR@10": 1.0, "judged@10": 1.0}
    assert found.abstention == Abstention(2, 1, 1, 0)
    assert (found.abstention.precision, found.abstention.recall, found.abstention.refused) == (1.0, 0.5, 0.0)
    assert 0 < found.p50 <= found.p95
    assert [(score.id, bool(score.measures)) for score in found.queries] == [
        ("q1", True),
        ("none1", False),
        ("none2", False),
    ]


def test_a_set_that_can_not_be_measured_is_refused() -> None:
    with pytest.raises(InvalidError, match="no query that could be measured"):
        evaluation.evaluate(queryset({"q1": {"a": 0}}), lambda _: Ranking(["a"]))


def test_unanswerable_queries_alone_measure_abstention() -> None:
    found = evaluation.evaluate(queryset({}, "none"), lambda _: Ranking([], answered=False))
    assert found.measures == {}
    assert found.abstention.recall == 1.0
    assert found.abstention.refused is None


ALWAYS_ANSWERED = Abstention(0, 0, 9, 0)


def evaluated(
    values: Sequence[float], recall: float = 0.5, abstention: Abstention = ALWAYS_ANSWERED
) -> Evaluation:
    scores = tuple(
        QueryScore(f"q{n}", "text", True, True, 1.0, {"nDCG@10": value}) for n, value in enumerate(values)
    )
    return Evaluation({"nDCG@10": sum(values) / len(values), "recall@20": recall}, abstention, 1, 2, scores)


shares = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=8)


@settings(deadline=None)
@given(shares, shares)
def test_a_comparison_adds_up(first: list[float], second: list[float]) -> None:
    found = evaluation.compare(evaluated(first), evaluated(second))
    common = min(len(first), len(second))
    changes = [after - before for before, after in zip(first, second, strict=False)]
    assert len(found.differences) == common
    assert found.change == pytest.approx(sum(changes) / common)
    assert [one.change for one in found.differences] == pytest.approx(sorted(changes, reverse=True))
    assert found.better + found.worse + changes.count(0.0) == common
    back = evaluation.compare(evaluated(second), evaluated(first))
    assert back.change == pytest.approx(-found.change)
    assert back.p_value == pytest.approx(found.p_value)


@settings(deadline=None)
@given(shares.filter(lambda values: len(values) > 1))
def test_the_p_value_counts_the_signs_that_chance_could_have_drawn(values: list[float]) -> None:
    found = evaluation.compare(evaluated([0.0] * len(values)), evaluated(values))
    drawn = [
        sum(value if bits >> place & 1 else -value for place, value in enumerate(values))
        for bits in range(2 ** len(values))
    ]
    # Two-sided as scipy defines it: twice the smaller tail, at most 1.
    tails = [sum(s * sign >= sum(values) * sign - 1e-9 for s in drawn) / len(drawn) for sign in (1, -1)]
    assert found.p_value == pytest.approx(min(1.0, 2 * min(tails)))


def test_equal_systems_differ_by_chance_and_a_clear_gain_does_not() -> None:
    same = [0.5] * 30
    assert evaluation.compare(evaluated(same), evaluated(same)).p_value == 1.0
    assert evaluation.compare(evaluated(same), evaluated([0.6] * 30)).p_value < 0.001
    mixed = list(islice((0.4, 0.6) * 15, 30))
    assert evaluation.compare(evaluated(same), evaluated(mixed)).p_value > 0.5


def test_runs_without_a_common_query_can_not_be_compared() -> None:
    with pytest.raises(InvalidError, match="no query in common"):
        evaluation.compare(
            evaluated([0.5]), evaluation.evaluate(queryset({"x": {"a": 1}}), lambda _: Ranking([]))
        )


def test_worse_is_what_fell_by_more_than_the_tolerance() -> None:
    base = evaluated([0.5], recall=0.7)
    assert evaluation.worse(base, base) == []
    assert evaluation.worse(evaluated([0.495], recall=0.695), base) == []
    assert evaluation.worse(evaluated([0.49], recall=0.8), base) == ["nDCG@10 fell from 0.500 to 0.490."]
    assert evaluation.worse(evaluated([0.9], recall=0.6), base) == ["recall@20 fell from 0.700 to 0.600."]
    assert evaluation.worse(evaluated([0.49]), base, tolerance=0.5) == []


def test_worse_abstention_is_worse() -> None:
    base = evaluated([0.5], abstention=Abstention(10, 9, 50, 1))
    more = evaluated([0.5], abstention=Abstention(10, 9, 50, 4))
    assert evaluation.worse(more, base) == [
        "Of the refused queries only 69% are unanswerable; it was 90%.",
        "Of the answerable queries 8.0% are refused; it was only 2.0%.",
    ]
    fewer = evaluated([0.5], abstention=Abstention(10, 0, 50, 0))
    assert evaluation.worse(fewer, base) == ["Of the unanswerable queries only 0% are refused; it was 90%."]
    without = evaluated([0.5], abstention=Abstention(0, 0, 50, 0))
    assert evaluation.worse(without, without) == []
