"""What is learned from lessons: trends, themes, how they get on, and where something is missing."""

from functools import partial
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from kb.access import Permission, Principal
from kb.errors import UnavailableError
from kb.insight import coverage, gaps, slices
from kb.insight.coverage import Cell
from kb.insight.slices import NONE
from kb.insight.trends import Trends
from kb.life import lessons as stored
from kb.push.telling import Tally
from kb.vocabulary import (
    By,
    GapState,
    Kind,
    KnowledgeArea,
    Phase,
    label,
)
from search.recurring import Themes
from web.addresses import query_string
from web.base.studies import Studies, Study
from web.files import sheets
from web.http.deps import PrincipalDep, ServicesDep, SessionDep, StudiesDep
from web.insight import insight
from web.layout import page
from web.pictures import charts, heatmap
from web.pictures.charts import Chart, Value
from web.pictures.heatmap import Heatmap, Square
from web.searching.choices import PagingDep, SliceDep
from web.searching.finding import DEFAULT_SIZE, Paging
from web.wording import plural

router = APIRouter(prefix="/insight")

_DRAWN = 6
"""Lines of a chart at most: more can't be told apart."""
_ON_OVERVIEW = 8

ByQuery = Annotated[By, Query()]


@router.get("")
def overview(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> HTMLResponse:
    """The most telling figures, each leading to more."""
    found, cells = _themes(studies, session, principal), studies.figures.coverage(session, principal)
    return page(
        "insight.html",
        trends=studies.figures.trends(session, principal, By.POLARITY),
        shares=studies.figures.shares(session, principal),
        statuses=stored.counts(session, principal),
        lacking=coverage.lacking(cells),
        placed=any(cell.lessons for cell in cells),
        themes=insight.views(session, principal, _first(found)) if isinstance(found, Themes) else [],
        gaps=_pending_gaps(studies, session, principal),
        share_name=insight.share_name,
        lessons_url=_lessons,
        shown=_ON_OVERVIEW,
    )


@router.get("/trends")
def trend(
    session: SessionDep, principal: PrincipalDep, studies: StudiesDep, by: ByQuery = By.POLARITY
) -> HTMLResponse:
    """Lessons by year, told apart by polarity, area or phase."""
    found = studies.figures.trends(session, principal, by)
    return page(
        "trends.html",
        trends=found,
        choices=list(By),
        chart=_trend_chart(found),
        drawn=_DRAWN,
        named=insight.named,
        lessons_url=partial(_lessons_by, by),
    )


@router.get("/trends.csv")
def trend_file(
    session: SessionDep, principal: PrincipalDep, studies: StudiesDep, by: ByQuery = By.POLARITY
) -> Response:
    """The same as a file."""
    return sheets.download(insight.trends_sheet(studies.figures.trends(session, principal, by)))


@router.get("/themes")
def themes(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> HTMLResponse:
    """What lessons tell of again and again."""
    found = _themes(studies, session, principal)
    ready = isinstance(found, Themes)
    return page(
        "themes.html",
        themes=found if ready else None,
        views=insight.views(session, principal, found) if ready else [],
        study=None if ready else found,
    )


@router.get("/themes.csv")
def themes_file(services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> Response:
    """The same as a file; what is not known yet is found first."""
    recurring = services.themes()
    found = recurring.known(session, principal) or recurring.find(session, principal)
    return sheets.download(insight.themes_sheet(insight.views(session, principal, found)))


@router.get("/themes/{key}")
def theme(
    key: str, session: SessionDep, principal: PrincipalDep, studies: StudiesDep, wanted: PagingDep
) -> HTMLResponse:
    """A theme: its years, its share of bad news, its lessons."""
    found = _themes(studies, session, principal)
    if not isinstance(found, Themes):
        return page("themes.html", themes=None, views=[], study=found)
    one = found.get(key)
    (view,) = insight.views(session, principal, Themes(found.generation, found.lessons, (one,)))
    return page(
        "theme.html",
        view=view,
        chart=_years_chart(view.tally),
        lessons=insight.of_theme(session, principal, one, offset=wanted.offset, limit=wanted.size),
        first=wanted.offset + 1,
        page=wanted.page,
        pages=wanted.pages(len(one.items)),
        page_url=partial(_page, f"/insight/themes/{key}", {}, wanted),
    )


@router.get("/progress")
def progress(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> HTMLResponse:
    """How old lessons are where they stand, how long they took, and what became of them."""
    return page(
        "progress.html",
        ages=studies.figures.ages(session, principal),
        turns=studies.figures.turn_round(session, principal),
        shares=studies.figures.shares(session, principal),
        share_name=insight.share_name,
        lessons_url=_lessons,
    )


@router.get("/progress.csv")
def progress_file(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> Response:
    """The same as a file."""
    ages, turns = studies.figures.ages(session, principal), studies.figures.turn_round(session, principal)
    return sheets.download(insight.progress_sheet(ages, turns, studies.figures.shares(session, principal)))


@router.get("/coverage")
def covered(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> HTMLResponse:
    """Where there are lessons, and where no practice or template came of them."""
    cells = studies.figures.coverage(session, principal)
    return page(
        "coverage.html",
        heatmap=_coverage_map(cells),
        cells=coverage.lacking(cells),
        placed=any(cell.lessons for cell in cells),
        others=[cell for cell in cells if not cell.lacks and (cell.practices or cell.templates)],
        lessons_url=_lessons,
        items_url=_items,
        levels=range(heatmap.LEVELS + 1),
    )


@router.get("/coverage.csv")
def coverage_file(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> Response:
    """The same as a file."""
    return sheets.download(insight.coverage_sheet(studies.figures.coverage(session, principal)))


@router.get("/lessons")
def lessons(
    session: SessionDep, principal: PrincipalDep, chosen: SliceDep, wanted: PagingDep
) -> HTMLResponse:
    """The lessons behind a figure."""
    total = slices.count(session, principal, chosen)
    return page(
        "slice.html",
        told=insight.told(chosen),
        total=total,
        lessons=slices.listed(session, principal, chosen, offset=wanted.offset, limit=wanted.size),
        file_url="/insight/lessons.csv" + query_string(chosen.as_json()),
        page=wanted.page,
        pages=wanted.pages(total),
        page_url=partial(_page, "/insight/lessons", chosen.as_json(), wanted),
    )


@router.get("/lessons.csv")
def lessons_file(session: SessionDep, principal: PrincipalDep, chosen: SliceDep) -> Response:
    """The same as a file."""
    return sheets.download(insight.lessons_of(session, principal, chosen))


def _themes(studies: Studies, session: Session, principal: Principal) -> Themes | Study:
    """The themes, or why there are none yet."""
    try:
        return studies.themes(session, principal)
    except UnavailableError as error:
        return Study(failed=str(error))


def _first(found: Themes) -> Themes:
    return Themes(found.generation, found.lessons, found.found[:_ON_OVERVIEW])


def _pending_gaps(studies: Studies, session: Session, principal: Principal) -> int | None:
    """How many gaps wait for an answer; None for those who may not see them."""
    if not principal.may(Permission.CONTRIBUTE):
        return None
    studies.gaps(session)
    counted = gaps.counts(session, principal)
    return counted[GapState.OPEN] + counted[GapState.ASSIGNED]


def _lessons(**wanted: str) -> str:
    return "/insight/lessons" + query_string(wanted)


def _lessons_by(by: By, value: str, year: int | None = None, polarity: str = "") -> str:
    """The lessons of a line of the trends, in one year if given."""
    when = {} if year is None else {"year": str(year) if year else NONE}
    return "/insight/lessons" + query_string({"polarity": polarity, by.value: value, **when})


def _items(kind: Kind, cell: Cell) -> str:
    return "/" + query_string({"kind": kind, "area": cell.area, "phase": cell.phase})


def _page(start: str, parameters: dict[str, str], wanted: Paging, number: int) -> str:
    size = wanted.size if wanted.size != DEFAULT_SIZE else None
    return start + query_string({**parameters, "page": number if number > 1 else None, "page_size": size})


def _trend_chart(found: Trends) -> Chart | None:
    """The years that are known, a line for each of the largest rows."""
    years = [year for year in found.years if year]
    largest = sorted(found.rows, key=lambda row: (row.value == NONE, -row.total))[:_DRAWN]
    lines = [
        (
            insight.named(row.value),
            [
                Value(
                    place,
                    row.years.get(year, 0),
                    f"{insight.named(row.value)}, {year}: {plural(row.years.get(year, 0), 'lesson')}",
                    _lessons_by(found.by, row.value, year),
                )
                for place, year in enumerate(years)
            ],
        )
        for row in largest
    ]
    return charts.chart(lines, [str(year) for year in years]) if years else None


def _years_chart(tally: Tally) -> Chart | None:
    if not tally.years:
        return None
    years = range(min(tally.years), max(tally.years) + 1)
    line = [
        Value(
            place,
            tally.years.get(year, 0),
            f"{year}: {plural(tally.years.get(year, 0), 'lesson')}",
            "#lessons",
        )
        for place, year in enumerate(years)
    ]
    return charts.chart([("Lessons", line)], [str(year) for year in years])


def _coverage_map(cells: list[Cell]) -> Heatmap:
    found = iter(cells)
    rows = [list(islice(found, len(Phase))) for _ in KnowledgeArea]
    squares = [
        Square(cell.lessons, _said(cell), _lessons(area=cell.area, phase=cell.phase), bool(cell.lacks))
        for row in rows
        for cell in row
    ]
    return heatmap.draw([label(area) for area in KnowledgeArea], [label(phase) for phase in Phase], squares)


def _said(cell: Cell) -> str:
    lacks = "".join(f", no {kind}" for kind in cell.lacks)
    return f"{label(cell.area)}, {label(cell.phase).lower()}: {plural(cell.lessons, 'lesson')}{lacks}"
