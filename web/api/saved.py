"""Recent and saved searches over HTTP."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.searching import saved, searches
from kb.searching.saved import SavedSearch
from kb.searching.searches import RecentSearch
from kb.values import Filters
from kb.vocabulary import Approach, FacetName, Kind, KnowledgeArea, Phase, Sector
from search.query import parse
from web.addresses import search_url
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.schemas import Out
from web.searching import following
from web.searching.choices import Text, Year
from web.wiring import Services

router = APIRouter(tags=["Saved searches"], responses=PROBLEMS)

SearchId = Annotated[int, Path(ge=1, le=2**53, description="The saved search's id.")]
_SETTLE_SECONDS = 3.0


class FiltersIn(BaseModel):
    """Filters chosen beside a query: all the named facets, any value within one."""

    model_config = ConfigDict(extra="forbid")

    kind: list[Kind] = Field(default_factory=list[Kind])
    phase: list[Phase] = Field(default_factory=list[Phase])
    area: list[KnowledgeArea] = Field(default_factory=list[KnowledgeArea])
    project: list[Text] = Field(default_factory=list[Text])
    sector: list[Sector] = Field(default_factory=list[Sector])
    approach: list[Approach] = Field(default_factory=list[Approach])
    tag: list[Text] = Field(default_factory=list[Text])
    competence: list[Text] = Field(default_factory=list[Text])
    year: list[Year] = Field(default_factory=list[Year])
    owner: list[Text] = Field(default_factory=list[Text])
    before: date | None = Field(default=None, description="Dated earlier than this day.")
    after: date | None = Field(default=None, description="Dated on this day or later.")

    def filters(self) -> Filters:
        """As search takes them."""
        chosen = {name: tuple(str(value) for value in getattr(self, name)) for name in FacetName}
        return Filters({name: values for name, values in chosen.items() if values}, self.before, self.after)


class SearchIn(BaseModel):
    """A search to be kept."""

    name: str = Field(default="", max_length=saved.MAX_NAME, description="The query itself when empty.")
    query: str = Field(default="", examples=["supplier delivered late"])
    filters: FiltersIn = Field(default_factory=FiltersIn)


class NameIn(BaseModel):
    """Another name."""

    name: str = Field(min_length=1, max_length=saved.MAX_NAME)


class SavedSearchOut(Out):
    """A search that is kept under a name."""

    id: int
    name: str
    query: str
    filters: dict[str, list[str]]
    created_at: datetime
    visited_at: datetime = Field(description="When you last looked at its results.")
    new: int | None = Field(
        description="Items that came, were handed in or changed since; null when that can't be told now."
    )
    url: str = Field(description="Its results: a page that can be shared.")
    feed: str = Field(description="Its Atom feed, which can be shared as well.")

    @staticmethod
    def of(
        services: Services, session: Session, principal: Principal, search: SavedSearch
    ) -> "SavedSearchOut":
        """From a saved search, with what is new in it."""
        return SavedSearchOut(
            id=search.id,
            name=search.name,
            query=search.query,
            filters=search.filters.as_json(),
            created_at=search.created_at,
            visited_at=search.visited_at,
            new=following.news(services, session, principal, search),
            url=search_url(search.query, search.filters),
            feed=search_url(search.query, search.filters, "/feed"),
        )


class RecentSearchOut(Out):
    """A search that you made."""

    query: str
    filters: dict[str, list[str]]
    found: int
    answered: bool = Field(description="False when only the nearest were shown, or nothing.")
    at: datetime
    url: str = Field(description="Its results: a page that can be shared.")

    @staticmethod
    def of(search: RecentSearch) -> "RecentSearchOut":
        """From a recent search."""
        return RecentSearchOut(
            query=search.query,
            filters=search.filters.as_json(),
            found=search.found,
            answered=search.answered,
            at=search.at,
            url=search_url(search.query, search.filters),
        )


@router.get("/saved-searches", operation_id="list_saved_searches", summary="List saved searches")
def listed(services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> list[SavedSearchOut]:
    """The searches that you keep, by name, with what is new in each."""
    found = saved.listed(session, principal)
    return [SavedSearchOut.of(services, session, principal, search) for search in found]


@router.post(
    "/saved-searches",
    status_code=201,
    operation_id="save_search",
    summary="Save a search",
    responses=problems(403, 409),
)
def save(
    wanted: SearchIn, services: ServicesDep, session: SessionDep, principal: PrincipalDep, response: Response
) -> SavedSearchOut:
    """Keep a search under a name; `Location` tells its address."""
    filters = wanted.filters.filters()
    parse(wanted.query, filters)
    search = saved.save(session, principal, wanted.name, wanted.query, filters)
    response.headers["Location"] = f"/api/v1/saved-searches/{search.id}"
    return SavedSearchOut.of(services, session, principal, search)


@router.get(
    "/saved-searches/{number}",
    operation_id="get_saved_search",
    summary="Read a saved search",
    responses=problems(404),
)
def one(
    number: SearchId, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> SavedSearchOut:
    """A search that you keep; run it with `GET /api/v1/search`."""
    return SavedSearchOut.of(services, session, principal, saved.get(session, principal, number))


@router.patch(
    "/saved-searches/{number}",
    operation_id="rename_saved_search",
    summary="Rename a saved search",
    responses=problems(403, 404, 409),
)
def rename(
    number: SearchId, wanted: NameIn, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> SavedSearchOut:
    """Give a search that you keep another name."""
    search = saved.rename(session, principal, number, wanted.name)
    return SavedSearchOut.of(services, session, principal, search)


@router.post(
    "/saved-searches/{number}/visit",
    status_code=204,
    operation_id="visit_saved_search",
    summary="Note that you looked at a saved search",
    responses=problems(403, 404),
)
def visit(number: SearchId, session: SessionDep, principal: PrincipalDep) -> None:
    """Count as new from now on only what comes later."""
    saved.visit(session, principal, number)


@router.delete(
    "/saved-searches/{number}",
    status_code=204,
    operation_id="remove_saved_search",
    summary="Remove a saved search",
    responses=problems(403, 404),
)
def remove(number: SearchId, session: SessionDep, principal: PrincipalDep) -> None:
    """Forget a search that you keep."""
    saved.remove(session, principal, number)


@router.get("/recent-searches", operation_id="list_recent_searches", summary="List recent searches")
def recent(
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many.")] = 20,
) -> list[RecentSearchOut]:
    """The searches that you made, each once, newest first; nobody else sees them."""
    return [RecentSearchOut.of(search) for search in searches.recent(session, principal, limit)]


@router.delete(
    "/recent-searches",
    status_code=204,
    operation_id="forget_recent_searches",
    summary="Forget recent searches",
    responses=problems(403),
)
def forget(services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> None:
    """Remove the record of what you searched for and opened."""
    services.recorder.settle(_SETTLE_SECONDS)
    searches.forget(session, principal)
