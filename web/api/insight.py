"""What is learned from lessons, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from kb.errors import UnavailableError
from kb.insight import slices
from kb.vocabulary import (
    By,
    Having,
    Kind,
    KnowledgeArea,
    Phase,
    Status,
)
from search.recurring import Themes
from web.api.problems import PROBLEMS, problems
from web.base.studies import Study
from web.http.deps import PrincipalDep, SessionDep, StudiesDep
from web.insight import insight
from web.insight.insight import ThemeView
from web.schemas import ItemOut, ItemsOut, Out
from web.searching.choices import PagingDep, SliceDep
from web.searching.links import add_links

router = APIRouter(prefix="/insight", tags=["Insight"], responses=PROBLEMS)


class TrendOut(Out):
    """The lessons of one area, phase or polarity."""

    value: str = Field(description="A term, or none for lessons that do not say.")
    total: int
    positive: int
    negative: int
    share_negative: float | None = Field(description="Of those that say whether they tell of good or ill.")
    years: dict[int, int] = Field(description="Lessons by year; 0 stands for the undated.")


class TrendsOut(Out):
    """Lessons by year; one of several areas or phases counts in each of them."""

    by: By
    years: list[int]
    rows: list[TrendOut]


class ThemeOut(Out):
    """Lessons that tell of the same."""

    key: str
    name: str = Field(description="Phrases out of the lessons, the most telling first.")
    lessons: int
    share_negative: float | None
    years: dict[int, int]
    examples: list[ItemOut] = Field(description="The most typical lessons.")
    url: str = Field(description="Its page.")

    @staticmethod
    def of(view: ThemeView) -> "ThemeOut":
        """From a theme with its figures."""
        return ThemeOut(
            key=view.theme.key,
            name=view.theme.name,
            lessons=view.tally.lessons,
            share_negative=view.tally.share_negative,
            years=view.tally.years,
            examples=[ItemOut.of(item) for item in view.examples],
            url=f"/insight/themes/{view.theme.key}",
        )


class ThemesOut(Out):
    """What lessons tell of again and again, the largest theme first."""

    lessons: int = Field(description="Lessons that were compared; some belong to no theme.")
    themes: list[ThemeOut]


class AgeOut(Out):
    """The lessons in one status, and how many days they have been in it."""

    status: Status
    lessons: int
    median: float
    longest: float


class TurnRoundOut(Out):
    """How many days lessons took from their first submission to a later move."""

    name: str
    having: Having = Field(description="Lists the lessons that made it.")
    lessons: int
    median: float | None
    longest: float | None


class ShareOut(Out):
    """How many of some lessons have something."""

    having: Having
    of: Having | None = Field(description="Among the lessons that have this; among all when null.")
    lessons: int
    among: int
    share: float | None


class ProgressOut(Out):
    """How lessons get on."""

    ages: list[AgeOut]
    turn_round: list[TurnRoundOut]
    shares: list[ShareOut]


class CellOut(Out):
    """What there is for a knowledge area in a phase."""

    area: KnowledgeArea
    phase: Phase
    lessons: int
    practices: int
    templates: int
    lacks: list[Kind] = Field(description="What is not there though there are lessons.")


@router.get("/trends", operation_id="get_trends", summary="Read trends of lessons")
def read_trends(
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    by: Annotated[By, Query(description="What the lessons of a year are told apart by.")] = By.POLARITY,
) -> TrendsOut:
    """Lessons by year, and by polarity, knowledge area or phase."""
    return TrendsOut.model_validate(studies.figures.trends(session, principal, by))


@router.get("/themes", operation_id="list_themes", summary="List recurring themes")
def themes(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> ThemesOut:
    """Themes of the lessons you may read. 503 while they are being found: ask again in a moment."""
    found = _ready(studies.themes(session, principal))
    return ThemesOut(
        lessons=found.lessons,
        themes=[ThemeOut.of(view) for view in insight.views(session, principal, found)],
    )


@router.get(
    "/themes/{key}",
    operation_id="list_lessons_of_theme",
    summary="List a theme's lessons",
    responses=problems(404),
)
def theme(
    key: Annotated[str, Path(max_length=100, description="The theme's key; it may change with the index.")],
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    wanted: PagingDep,
) -> ItemsOut:
    """A page of the lessons of a theme, the most typical first. `Link` headers lead to the other pages."""
    one = _ready(studies.themes(session, principal)).get(key)
    total = len(one.items)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = insight.of_theme(session, principal, one, offset=wanted.offset, limit=wanted.size)
    return ItemsOut(
        **wanted.figures(total),
        items=[ItemOut.of(item) for item in found],
    )


@router.get("/progress", operation_id="get_progress", summary="Read how lessons get on")
def progress(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> ProgressOut:
    """Age in each status, turn-round, and the shares that led to something."""
    return ProgressOut(
        ages=[AgeOut.model_validate(age) for age in studies.figures.ages(session, principal)],
        turn_round=[
            TurnRoundOut.model_validate(turn) for turn in studies.figures.turn_round(session, principal)
        ],
        shares=[ShareOut.model_validate(share) for share in studies.figures.shares(session, principal)],
    )


@router.get("/coverage", operation_id="get_coverage", summary="Read coverage by practices and templates")
def covered(session: SessionDep, principal: PrincipalDep, studies: StudiesDep) -> list[CellOut]:
    """For each knowledge area and phase: lessons, practices, templates, and what is lacking."""
    return [CellOut.model_validate(cell) for cell in studies.figures.coverage(session, principal)]


@router.get("/lessons", operation_id="list_lessons_of_figure", summary="List lessons behind a figure")
def lessons(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    chosen: SliceDep,
    wanted: PagingDep,
) -> ItemsOut:
    """A page of the lessons that a figure counts, newest first. `Link` headers lead to the other pages."""
    total = slices.count(session, principal, chosen)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = slices.listed(session, principal, chosen, offset=wanted.offset, limit=wanted.size)
    return ItemsOut(
        **wanted.figures(total),
        items=[ItemOut.of(item) for item in found],
    )


def _ready(found: Themes | Study) -> Themes:
    if isinstance(found, Themes):
        return found
    raise UnavailableError(found.failed or f"Themes are being found ({found.said}); ask again in a moment.")
