"""Filters and pages as they come with a request."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query

from kb.insight.slices import Slice
from kb.values import Filters
from kb.vocabulary import (
    Approach,
    FacetName,
    Having,
    Kind,
    KnowledgeArea,
    Phase,
    Polarity,
    Sector,
    Status,
)
from web.searching.finding import DEFAULT_SIZE, Paging

MAX_PAGE_SIZE = 100
MAX_PAGE = 100_000

Text = Annotated[str, Query(max_length=300)]
Year = Annotated[int, Query(ge=1000, le=9999)]


def facets(  # noqa: PLR0913 - one parameter for each facet, so that OpenAPI lists them
    kind: Annotated[
        list[Kind], Query(default_factory=list, max_length=50, description="Any of these kinds.")
    ],
    phase: Annotated[
        list[Phase], Query(default_factory=list, max_length=50, description="Any of these project phases.")
    ],
    area: Annotated[
        list[KnowledgeArea],
        Query(default_factory=list, max_length=50, description="Any of these knowledge areas."),
    ],
    project: Annotated[
        list[Text], Query(default_factory=list, max_length=50, description="Any of these projects, by name.")
    ],
    sector: Annotated[
        list[Sector], Query(default_factory=list, max_length=50, description="Any of these sectors.")
    ],
    approach: Annotated[
        list[Approach], Query(default_factory=list, max_length=50, description="Any of these approaches.")
    ],
    tag: Annotated[list[Text], Query(default_factory=list, max_length=50, description="Any of these tags.")],
    competence: Annotated[
        list[Text], Query(default_factory=list, max_length=50, description="Any of these competences.")
    ],
    year: Annotated[
        list[Year], Query(default_factory=list, max_length=50, description="Any of these years.")
    ],
    owner: Annotated[
        list[Text], Query(default_factory=list, max_length=50, description="Any of these owners, by name.")
    ],
) -> dict[FacetName, tuple[str, ...]]:
    """The facet values that a request asks for; parameters may be repeated."""
    asked: dict[FacetName, list[str]] = {
        FacetName.KIND: [*kind],
        FacetName.PHASE: [*phase],
        FacetName.AREA: [*area],
        FacetName.PROJECT: [value for value in project if value.strip()],
        FacetName.SECTOR: [*sector],
        FacetName.APPROACH: [*approach],
        FacetName.TAG: [value for value in tag if value.strip()],
        FacetName.COMPETENCE: [value for value in competence if value.strip()],
        FacetName.YEAR: [str(value) for value in year],
        FacetName.OWNER: [value for value in owner if value.strip()],
    }
    return {name: tuple(dict.fromkeys(values)) for name, values in asked.items() if values}


def filters(
    chosen: Annotated[dict[FacetName, tuple[str, ...]], Depends(facets)],
    before: Annotated[
        date | None, Query(description="Dated earlier than this day.", examples=["2020-01-01"])
    ] = None,
    after: Annotated[
        date | None, Query(description="Dated on this day or later.", examples=["2015-01-01"])
    ] = None,
) -> Filters:
    """What a request's filters ask for: all facets, any value within one."""
    return Filters(chosen, before, after)


FiltersDep = Annotated[Filters, Depends(filters)]


def paging(
    page: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Page, counted from 1.")] = 1,
    page_size: Annotated[
        int, Query(ge=1, le=MAX_PAGE_SIZE, description="Results on one page.", examples=[20])
    ] = DEFAULT_SIZE,
) -> Paging:
    """The page that a request asks for."""
    return Paging(page, page_size)


PagingDep = Annotated[Paging, Depends(paging)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=MAX_PAGE, description="Page, counted from 1.")]


def lessons_of(
    area: Annotated[
        KnowledgeArea | Literal["none"] | None, Query(description="Knowledge area; none = not said.")
    ] = None,
    phase: Annotated[
        Phase | Literal["none"] | None, Query(description="Project phase; none = not said.")
    ] = None,
    year: Annotated[
        str | None,
        Query(pattern=r"^([1-9]\d{3}|none)$", description="Year of the lesson; none = undated."),
    ] = None,
    polarity: Annotated[
        Polarity | Literal["none"] | None, Query(description="Of good or ill; none = not said.")
    ] = None,
    status: Annotated[Status | None, Query(description="Where the lesson stands.")] = None,
    having: Annotated[Having | None, Query(description="What became of it.")] = None,
    lacking: Annotated[Having | None, Query(description="What did not become of it.")] = None,
) -> Slice:
    """Which lessons a request asks for."""
    return Slice(area or "", phase or "", year or "", polarity or "", status or "", having, lacking)


SliceDep = Annotated[Slice, Depends(lessons_of)]
