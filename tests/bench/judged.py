"""NASA's public lessons and the judged queries over them: where they lie, and what a ranking is worth."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import RR, R, nDCG
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER
from kb.models import Item
from search.engine import Engine
from search.query import Query

SHARED = Path(__file__).parents[3] / "shared"
"""Real documents and judged queries, beside the checkout; not part of it."""
LESSONS = SHARED / "corpora" / "nasa-llis" / "llis.csv"
QUERIES = SHARED / "eval" / "nasa-dev"

MEASURES = {"nDCG@10": nDCG @ 10, "recall@20": R @ 20, "MRR@10": RR @ 10}

Ranking = Mapping[str, Sequence[str]]
"""For each query id, document ids, best first."""


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with what people found of the documents."""

    id: str
    text: str
    answerable: bool


def available() -> bool:
    """Whether lessons and judgments are there."""
    return LESSONS.is_file() and QUERIES.is_dir()


def queries() -> list[JudgedQuery]:
    """All queries, those without an answer too."""
    rows = map(json.loads, (QUERIES / "queries.jsonl").read_text().splitlines())
    return [JudgedQuery(row["_id"], row["text"], row.get("answerable", True)) for row in rows]


def judgments() -> Iterable[ir_measures.Qrel]:
    """Grades 0 to 3 as gains 2^grade - 1 (Burges et al. 2005), which nDCG then takes as they are."""
    for file in sorted((QUERIES / "qrels").glob("*.tsv")):
        for line in file.read_text().splitlines():
            query, document, grade = line.split("\t")
            if grade.strip().isdigit():
                yield ir_measures.Qrel(query, document, 2 ** int(grade) - 1)


def quality(ranking: Ranking) -> dict[str, float]:
    """The measures of *ranking*, averaged over the answerable queries."""
    answerable = {query.id for query in queries() if query.answerable}
    scored = [
        ir_measures.ScoredDoc(query, document, -place)
        for query, documents in ranking.items()
        for place, document in enumerate(documents)
    ]
    judged = [judgment for judgment in judgments() if judgment.query_id in answerable]
    calculate: Any = ir_measures.calc_aggregate  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    found = calculate(list(MEASURES.values()), judged, scored)
    return {name: float(found[measure]) for name, measure in MEASURES.items()}


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well it is known when nothing answers."""

    refused_answerable: int
    refused_unanswerable: int
    unanswerable: int


def rank(session: Session, engine: Engine, limit: int = 20) -> tuple[dict[str, list[str]], Abstention]:
    """What *engine* ranks for each query, as NASA's own lesson numbers."""
    names = dict(session.execute(select(Item.id, Item.external_ref)).all())
    ranking: dict[str, list[str]] = {}
    refused: list[JudgedQuery] = []
    judged = queries()
    for query in judged:
        results = engine.search(session, LOCAL_USER, Query(query.text), limit=limit)
        ranking[query.id] = [names[hit.item.id] for hit in results.hits]
        if results.nearest_only or not results.hits:
            refused.append(query)
    return ranking, Abstention(
        sum(query.answerable for query in refused),
        sum(not query.answerable for query in refused),
        sum(not query.answerable for query in judged),
    )
