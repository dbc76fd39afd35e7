"""How good search is: the history of evaluation runs, and each run with its queries."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.searching import evaluations
from kb.searching.evaluations import Figures, QueryScore, Run, RunSummary
from search.evaluation import MEASURES
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.pictures import charts
from web.pictures.charts import Chart, Value
from web.quality import evaluating
from web.quality.evaluating import Compared
from web.quality.scores import run_url
from web.wording import day

router = APIRouter(prefix="/insight/quality")

_SHOWN = 60
"""Runs of a set that are drawn and listed."""
_MAX_ID = 2**31 - 1
_FIGURES: dict[str, Callable[[Figures], float | None]] = {
    **{name: lambda figures, name=name: figures.measures.get(name) for name in MEASURES},
    "abstention precision": lambda figures: figures.abstention.precision,
    "abstention recall": lambda figures: figures.abstention.recall,
}
"""What can be drawn."""


@router.get("")
def history(
    session: SessionDep,
    principal: PrincipalDep,
    queryset: Annotated[str, Query(alias="set", max_length=200)] = "",
    measure: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Every run of a query set, drawn and listed."""
    known = evaluations.querysets(session, principal)
    names = [one.name for one in known]
    latest = max(known, key=lambda one: one.latest).name if known else ""
    chosen = queryset if queryset in names else latest
    drawn = measure if measure in _FIGURES else next(iter(_FIGURES))
    runs = evaluations.recent(session, principal, chosen, limit=_SHOWN) if chosen else []
    return page(
        "quality.html",
        sets=known,
        chosen=chosen,
        measures=tuple(_FIGURES),
        drawn=drawn,
        columns=tuple(MEASURES),
        runs=runs,
        total=evaluations.count(session, principal, chosen) if chosen else 0,
        chart=_chart(runs, drawn),
        run_url=run_url,
    )


@router.get("/{run_id}")
def one(
    session: SessionDep,
    principal: PrincipalDep,
    run_id: Annotated[int, Path(ge=1, le=_MAX_ID)],
    against: Annotated[int | None, Query(ge=1, le=_MAX_ID)] = None,
) -> HTMLResponse:
    """A run with its queries, held against another: the previous one unless said otherwise."""
    run = evaluations.get(session, principal, run_id)
    others = _others(session, principal, run)
    other = evaluations.get(session, principal, against) if against else next(iter(others.values()), None)
    compared = evaluating.against(other, run) if other else None
    return page(
        "evaluation.html",
        run=run.summary,
        columns=tuple(MEASURES),
        compared=compared,
        others=others,
        answerable=_rows(run, compared),
        unanswerable=[score for score in run.evaluation.queries if not score.answerable],
        run_url=run_url,
    )


def _others(session: Session, principal: Principal, run: Run) -> dict[str, Run]:
    """What *run* can be held against, by name."""
    subject = run.summary.subject
    found = {
        "the previous run": evaluations.previous(session, principal, run.summary),
        "the baseline": evaluations.baseline(session, principal, subject.queryset),
    }
    return {
        name: other
        for name, other in found.items()
        if other and other.summary.id != run.summary.id and other.summary.subject.digest == subject.digest
    }


def _rows(run: Run, compared: Compared | None) -> list[tuple[QueryScore, float | None]]:
    """The measured queries, those that changed for the worse first, each with its change."""
    changes = {one.query: one.change for one in compared.comparison.differences} if compared else {}
    measured = [score for score in run.evaluation.queries if score.measures]
    measured.sort(key=lambda score: (changes.get(score.id, 0.0), next(iter(score.measures.values()))))
    return [(score, changes.get(score.id)) for score in measured]


def _chart(runs: Sequence[RunSummary], measure: str) -> Chart | None:
    """*runs*, given newest first, drawn oldest first with a line for each engine and model."""
    value = _FIGURES[measure]
    in_order = runs[::-1]
    lines: dict[str, list[Value]] = {}
    for place, run in enumerate(in_order):
        found = value(run.figures)
        if found is not None:
            name = f"{run.subject.engine}, {run.subject.model}"
            said = f"{name}: {found:.3f}, run {run.id} on {day(run.at.date())}"
            lines.setdefault(name, []).append(Value(place, found, said, run_url(run.id), run.baseline))
    columns = [f"run {run.id}" for run in in_order]
    return charts.chart(list(lines.items()), columns) if lines else None
