"""NASA's public lessons and the judged queries over them: where they lie, and what a ranking is worth."""

from pathlib import Path

from sqlalchemy.orm import Session

from kb import items
from kb.access import LOCAL_USER
from kb.searching.evaluations import Evaluation
from search import evaluation, querysets
from search.engine import Engine
from search.querysets import JudgedQuery, QuerySet

SHARED = Path(__file__).parents[3] / "shared"
"""Real documents and judged queries, beside the checkout; not part of it."""
LESSONS = SHARED / "corpora" / "nasa-llis" / "llis.csv"
QUERIES = SHARED / "eval" / "nasa-dev"


def available() -> bool:
    """Whether lessons and judgments are there."""
    return LESSONS.is_file() and QUERIES.is_dir()


def queryset() -> QuerySet:
    """The queries with what people found of the lessons."""
    return querysets.read(QUERIES)


def queries() -> list[JudgedQuery]:
    """All queries, those without an answer too."""
    return list(queryset().queries)


def evaluate(session: Session, engine: Engine) -> Evaluation:
    """What *engine* is worth on them."""
    judged = queryset()
    names = items.referred(session, LOCAL_USER, judged.documents())
    return evaluation.evaluate(judged, evaluation.ranker(engine, session, LOCAL_USER, names))
