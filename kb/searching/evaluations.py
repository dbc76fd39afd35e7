"""What search was worth on judged queries: the values, and the history of runs."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, undefer

from kb import audit
from kb.access import Principal, cleared, require_write
from kb.errors import NotFoundError
from kb.models import EvaluationRun


@dataclass(frozen=True, slots=True)
class QueryScore:
    """How one query fared."""

    id: str
    text: str
    answerable: bool
    answered: bool
    """Whether the system thought that something answers it."""
    milliseconds: float
    measures: Mapping[str, float]
    """Empty for an unanswerable query: there is no ranking to measure."""


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well a system knows that nothing answers, counted in queries."""

    unanswerable: int
    refused_unanswerable: int
    answerable: int
    refused_answerable: int

    @property
    def precision(self) -> float | None:
        """Of the refused queries, the share that nothing answers; None when there is nothing to share."""
        refused = self.refused_unanswerable + self.refused_answerable
        return self.refused_unanswerable / refused if refused and self.unanswerable else None

    @property
    def recall(self) -> float | None:
        """Of the queries that nothing answers, the share that was refused; None without such queries."""
        return self.refused_unanswerable / self.unanswerable if self.unanswerable else None

    @property
    def refused(self) -> float | None:
        """Of the queries that something answers, the share that was refused all the same."""
        return self.refused_answerable / self.answerable if self.answerable else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a system is worth on a query set, in a few numbers."""

    measures: Mapping[str, float]
    """Means over the queries that were measured."""
    abstention: Abstention
    p50: float
    """Milliseconds within which half of the queries were ranked."""
    p95: float


@dataclass(frozen=True, slots=True)
class Evaluation(Figures):
    """The same, with every query."""

    queries: tuple[QueryScore, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What was measured on what."""

    queryset: str
    digest: str
    """SHA-256 of the query set's files: runs with another one can't be held against each other."""
    engine: str
    model: str
    items: int
    passages: int
    """Size of the index."""
    settings: Mapping[str, Any]
    """What else decides the outcome, as JSON can hold it."""
    notes: tuple[str, ...] = ()
    """What the reader of the figures should know, a sentence each."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A stored run as lists show it."""

    id: int
    subject: Subject
    figures: Figures
    baseline: bool
    """Whether later runs are held against it."""
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stored run with every query."""

    summary: RunSummary
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A query set that was run."""

    name: str
    runs: int
    latest: datetime


def save(
    session: Session, principal: Principal, subject: Subject, found: Evaluation, *, baseline: bool = False
) -> Run:
    """Keep a run; as *baseline* it takes the place of the set's former one."""
    require_write(principal)
    if baseline:
        former = update(EvaluationRun).where(EvaluationRun.queryset == subject.queryset)
        session.execute(former.values(baseline=False))
    row = EvaluationRun(
        **asdict(subject) | {"notes": list(subject.notes)},
        measures=dict(found.measures),
        abstention=asdict(found.abstention),
        p50=found.p50,
        p95=found.p95,
        queries=[asdict(score) for score in found.queries],
        baseline=baseline,
        clearance=principal.clearance,
        created_by=principal.name,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        principal,
        "evaluate",
        subject.queryset,
        run=row.id,
        engine=subject.engine,
        model=subject.model,
        baseline=baseline,
    )
    return _run(row)


def get(session: Session, principal: Principal, id_: int) -> Run:
    """The run *id_*. Raises NotFoundError when there is none that *principal* may see."""
    row = session.scalars(_whole(principal).where(EvaluationRun.id == id_)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no evaluation run {id_}.")
    return _run(row)


def baseline(session: Session, principal: Principal, queryset: str) -> Run | None:
    """The run that later ones on *queryset* are held against, if there is one."""
    query = _whole(principal).where(EvaluationRun.queryset == queryset, EvaluationRun.baseline)
    row = session.scalars(query.order_by(EvaluationRun.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def previous(session: Session, principal: Principal, run: RunSummary) -> Run | None:
    """The last run before *run* of the same engine on the same set, if there is one."""
    query = _whole(principal).where(
        EvaluationRun.queryset == run.subject.queryset,
        EvaluationRun.digest == run.subject.digest,
        EvaluationRun.engine == run.subject.engine,
        EvaluationRun.id < run.id,
    )
    row = session.scalars(query.order_by(EvaluationRun.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def count(session: Session, principal: Principal, queryset: str = "") -> int:
    """How many runs there are, of *queryset* if given."""
    conditions = _conditions(principal, queryset)
    return session.scalar(select(func.count()).select_from(EvaluationRun).where(*conditions)) or 0


def recent(
    session: Session, principal: Principal, queryset: str = "", *, offset: int = 0, limit: int = 20
) -> list[RunSummary]:
    """A page of runs, of *queryset* if given, newest first."""
    rows = session.scalars(
        select(EvaluationRun)
        .where(*_conditions(principal, queryset))
        .order_by(EvaluationRun.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_summary(row) for row in rows]


def querysets(session: Session, principal: Principal) -> list[KnownSet]:
    """The query sets that were run, by name."""
    rows = session.execute(
        select(EvaluationRun.queryset, func.count(), func.max(EvaluationRun.created_at))
        .where(*_conditions(principal, ""))
        .group_by(EvaluationRun.queryset)
        .order_by(EvaluationRun.queryset)
    )
    return [KnownSet(name, runs, latest) for name, runs, latest in rows]


def _conditions(principal: Principal, queryset: str) -> Collection[Any]:
    """A run tells of what its maker could see: whoever may see less learns nothing of it."""
    seen = EvaluationRun.clearance.in_(cleared(principal))
    return (seen, EvaluationRun.queryset == queryset) if queryset else (seen,)


def _whole(principal: Principal) -> Select[EvaluationRun]:
    return select(EvaluationRun).where(*_conditions(principal, "")).options(undefer(EvaluationRun.queries))


def _run(row: EvaluationRun) -> Run:
    summary = _summary(row)
    figures = summary.figures
    scores = tuple(QueryScore(**score) for score in row.queries)
    return Run(summary, Evaluation(figures.measures, figures.abstention, figures.p50, figures.p95, scores))


def _summary(row: EvaluationRun) -> RunSummary:
    return RunSummary(
        row.id,
        Subject(
            row.queryset,
            row.digest,
            row.engine,
            row.model,
            row.items,
            row.passages,
            row.settings,
            tuple(row.notes),
        ),
        Figures(row.measures, Abstention(**row.abstention), row.p50, row.p95),
        row.baseline,
        row.created_at,
        row.created_by,
    )
