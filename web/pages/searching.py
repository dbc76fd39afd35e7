"""The search page, which is also the home page and the list of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.errors import NotFoundError, UnavailableError
from kb.facets import FacetCounts
from kb.searching import feedback, saved, searches
from kb.searching.searches import Through
from kb.values import Filters
from kb.vocabulary import FacetName, Kind, label
from search.query import parse, without
from search.results import Results, Snippet
from search.terms import QueryError, Term, terms
from web.addresses import query_string, search_url
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import KIND_PLURAL, page
from web.searching import exporting, finding, history
from web.searching.choices import FiltersDep, PagingDep
from web.searching.finding import DEFAULT_SIZE, FACET_TITLE, Paging
from web.searching.reasons import found, marks
from web.wiring import Services

router = APIRouter()

_SHOWN = 6
"""Values of a facet shown at once; the others unfold."""
_UNFOLDED = 40
_ON_HOME = 5
"""Recent and saved searches on the home page."""
_FREE_TEXT = (FacetName.PROJECT, FacetName.TAG, FacetName.YEAR, FacetName.OWNER)


Chosen = dict[str, list[str]]
"""Values of filters by parameter."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that adds a filter, or takes it away."""

    text: str
    url: str
    count: int | None = None
    chosen: bool = False
    title: str = ""
    """Name of the facet, where it isn't clear from its place."""


@dataclass(frozen=True, slots=True)
class Group:
    """A facet with its values."""

    title: str
    first: list[Choice]
    more: list[Choice]


@router.get("/")
def search(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    wanted: PagingDep,
    q: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Results for a query, a filtered list, or the way in when nothing is asked."""
    q = q.strip()
    if not q and not filters:
        if not items.count(session, principal, filters):
            return page("empty_base.html", q="")
        newest = finding.search(services, session, principal, "", filters, Paging(1, 6))
        return page(
            "home.html",
            section="search",
            total=newest.total,
            kinds_found=_kinds(newest.facets),
            hits=newest.hits,
            recent=searches.recent(session, principal, _ON_HOME),
            saved=saved.listed(session, principal)[:_ON_HOME],
        )
    try:
        results = history.search(services, session, principal, q, filters, wanted, Through.PAGE)
    except QueryError as error:
        return _misunderstood(error, filters)
    context = _context(results, q, filters, wanted)
    own = _own(session, principal, results, q, filters)
    wider = _wider(services, session, principal, results, q, context["chosen"])
    return page("results.html", **context, **own, **wider)


def _own(
    session: Session, principal: Principal, results: Results, q: str, filters: Filters
) -> dict[str, Any]:
    """What this person made of the search and its results."""
    kept = (one for one in saved.listed(session, principal) if one.query == q and one.filters == filters)
    return {
        "judged": feedback.given(
            session, principal, results.query.text, [hit.item.id for hit in results.hits]
        ),
        "kept": next(kept, None),
    }


def _wider(
    services: Services, session: Session, principal: Principal, results: Results, q: str, chosen: Chosen
) -> dict[str, Any]:
    """The same search in projects like the one that it is limited to."""
    names = results.query.filters.facets.get(FacetName.PROJECT, ())
    if len(names) != 1:
        return {"alike": [], "wider": ""}
    try:
        alike = [one.name for one in services.projects().similar(session, principal, names[0])]
    except (NotFoundError, UnavailableError):
        alike = []
    bare = without(q, _asking(q, FacetName.PROJECT, names[0]))
    return {"alike": alike, "wider": _url(bare, {**chosen, FacetName.PROJECT: [*names, *alike]})}


def _misunderstood(error: QueryError, filters: Filters) -> HTMLResponse:
    """The query with the place that is meant, and a way on."""
    chosen = filters.as_json()
    return page(
        "misunderstood.html",
        400,
        q=error.text,
        hidden=_hidden(chosen),
        sentence=str(error),
        query=Snippet(error.text, ((error.start, error.end),)),
        corrected=error.corrected,
        corrected_url=_url(error.corrected, chosen),
    )


def _kinds(counts: FacetCounts) -> list[tuple[Kind, int]]:
    number = {found.value: found.count for found in counts[FacetName.KIND]}
    return [(kind, number.get(kind, 0)) for kind in Kind]


def _context(results: Results, q: str, filters: Filters, wanted: Paging) -> dict[str, Any]:
    size = {"page_size": [str(wanted.size)]} if wanted.size != DEFAULT_SIZE else {}
    chosen = filters.as_json() | size
    active = results.query.filters.as_json()
    only_kind = chosen.get("kind", []) if set(filters.as_json()) == {"kind"} else []
    heading = KIND_PLURAL[Kind(only_kind[0])] if not q and len(only_kind) == 1 else "Search results"
    return {
        "q": q,
        "words": results.query.text,
        "heading": heading,
        "section": only_kind[0] if not q and len(only_kind) == 1 else "search",
        "results": results,
        "chosen": chosen,
        "meant_url": _url(results.suggestion, chosen),
        "reasons": [found(hit) for hit in results.hits],
        "marks": [marks(hit) for hit in results.hits],
        "hidden": _hidden(chosen),
        "chips": _chips(q, chosen, active, results.query.filters.without),
        "clear": _url(without(q, [one for one in terms(q) if one.name]), size),
        "groups": _groups(results.facets, q, chosen, active),
        "page": wanted.page,
        "pages": wanted.pages(results.total),
        "page_url": partial(_url, q, chosen),
        "first": wanted.offset + 1,
        "save_url": search_url(q, filters, "/searches"),
        "feed_url": search_url(q, filters, "/feed"),
        "subscribe_url": search_url(q, filters, "/subscriptions") + "#new",
        "export_url": partial(_export_url, q, filters.as_json()),
        "formats": exporting.FORMATS,
        "lessons_found": any(found.value == Kind.LESSON for found in results.facets[FacetName.KIND]),
        "register_url": partial(_register_url, q, filters.as_json()),
        "tips": _tips(q, active),
    }


def _hidden(chosen: Chosen) -> list[tuple[str, str]]:
    return [(name, value) for name, values in chosen.items() for value in values]


def value_text(name: str, value: str) -> str:
    """A facet's value as people read it."""
    if name in ("before", "after"):
        return value
    if name == FacetName.KIND:
        return KIND_PLURAL.get(Kind(value), value) if value in set(Kind) else value
    return value if name in _FREE_TEXT else label(value)


def _chips(
    q: str, chosen: Chosen, active: Chosen, unwanted: Mapping[FacetName, Sequence[str]]
) -> list[Choice]:
    titles = {str(name): title for name, title in FACET_TITLE.items()} | {"before": "Before", "after": "From"}
    wanted = [
        Choice(value_text(name, value), _url(*_toggled(q, chosen, name, value)), title=titles[name])
        for name, values in active.items()
        for value in values
    ]
    return wanted + [
        Choice(
            value_text(name, value),
            _url(without(q, _asking(q, name, value, unwanted=True)), chosen),
            title=f"Not {titles[name].lower()}",
        )
        for name, values in unwanted.items()
        for value in values
    ]


def _groups(counts: FacetCounts, q: str, chosen: Chosen, active: Chosen) -> list[Group]:
    groups = [_group(name, counts, q, chosen, active.get(name, [])) for name in FACET_TITLE]
    return [group for group in groups if group.first]


def _group(name: FacetName, counts: FacetCounts, q: str, chosen: Chosen, active: Sequence[str]) -> Group:
    values = counts[name]
    if name is FacetName.YEAR:
        values = sorted(values, key=lambda found: found.value, reverse=True)
    choices = [
        Choice(
            value_text(name, found.value),
            _url(*_toggled(q, chosen, name, found.value)),
            found.count,
            _holds(active, found.value),
        )
        for found in values
    ]
    choices.sort(key=lambda choice: not choice.chosen)
    return Group(FACET_TITLE[name], choices[:_SHOWN], choices[_SHOWN:_UNFOLDED])


def _holds(values: Sequence[str], value: str) -> bool:
    return value.lower() in (one.lower() for one in values)


def _toggled(q: str, chosen: Chosen, name: str, value: str) -> tuple[str, Chosen]:
    """Query and parameters with the filter taken away, wherever it stands, or added to the parameters."""
    present = chosen.get(name, [])
    if _holds(present, value):
        return q, {**chosen, name: [one for one in present if one.lower() != value.lower()]}
    written = _asking(q, name, value)
    return (without(q, written), chosen) if written else (q, {**chosen, name: [*present, value]})


def _asking(q: str, name: str, value: str, *, unwanted: bool = False) -> list[Term]:
    """The filters in the query *q* that ask for *value*, or, when *unwanted*, for anything else."""

    def asks(one: Term) -> bool:
        asked = parse(q[one.start : one.end]).filters
        values = asked.without.get(FacetName(name), ()) if unwanted else asked.as_json().get(name, ())
        return _holds(values, value)

    return [one for one in terms(q) if one.name and asks(one)]


def _url(q: str, chosen: Chosen, number: int = 1) -> str:
    return "/" + query_string({"q": q, **chosen, "page": number if number > 1 else None})


def _export_url(q: str, chosen: Chosen, wanted: str) -> str:
    return "/api/v1/search/export" + query_string({"format": wanted, "q": q, **chosen})


def _register_url(q: str, chosen: Chosen, wanted: str) -> str:
    return "/api/v1/lessons/register" + query_string({"format": wanted, "q": q, **chosen})


def _tips(q: str, chosen: Chosen) -> list[str]:
    tips: list[str] = []
    if chosen:
        tips.append("Take away a filter: nothing matches all of them.")
    if '"' in q:
        tips.append("Leave out the quotation marks: an exact phrase must stand in the text word for word.")
    if " -" in f" {q}":
        tips.append("Leave out words with a minus: they exclude.")
    return [*tips, "Describe the situation in a sentence, as you would to a colleague."]
