"""The search page, which is also the home page and the list of each kind."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from kb import items
from kb.facets import FacetCounts
from kb.values import Filters
from kb.vocabulary import FacetName, Kind, label
from search.results import Results
from web import finding
from web.addresses import query_string
from web.choices import FiltersDep, PagingDep
from web.deps import PrincipalDep, ServicesDep, SessionDep
from web.finding import FACET_TITLE, Paging
from web.layout import KIND_PLURAL, page
from web.reasons import reason

router = APIRouter()

_SHOWN = 6
"""Values of a facet shown at once; the others unfold."""
_UNFOLDED = 40
_FREE_TEXT = (FacetName.PROJECT, FacetName.TAG, FacetName.YEAR)


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
        )
    results = finding.search(services, session, principal, q, filters, wanted)
    return page("results.html", **_context(results, q, filters, wanted))


def _kinds(counts: FacetCounts) -> list[tuple[Kind, int]]:
    number = {found.value: found.count for found in counts[FacetName.KIND]}
    return [(kind, number.get(kind, 0)) for kind in Kind]


def _context(results: Results, q: str, filters: Filters, wanted: Paging) -> dict[str, Any]:
    chosen = finding.parameters(filters)
    only_kind = chosen.get("kind", []) if set(chosen) == {"kind"} else []
    heading = KIND_PLURAL[Kind(only_kind[0])] if not q and len(only_kind) == 1 else "Search results"
    return {
        "q": q,
        "words": results.query.text,
        "heading": heading,
        "section": only_kind[0] if not q and len(only_kind) == 1 else "search",
        "results": results,
        "reasons": [reason(hit) for hit in results.hits],
        "hidden": [(name, value) for name, values in chosen.items() for value in values],
        "chips": _chips(q, chosen),
        "clear": "/" + query_string({"q": q}),
        "groups": _groups(results.facets, q, chosen),
        "page": wanted.page,
        "pages": wanted.pages(results.total),
        "page_url": partial(_url, q, chosen, wanted.size),
        "first": wanted.offset + 1,
        "tips": _tips(q, chosen),
    }


def value_text(name: str, value: str) -> str:
    """A facet's value as people read it."""
    if name in ("before", "after"):
        return value
    if name == FacetName.KIND:
        return KIND_PLURAL.get(Kind(value), value) if value in set(Kind) else value
    return value if name in _FREE_TEXT else label(value)


def _chips(q: str, chosen: dict[str, list[str]]) -> list[Choice]:
    titles = {str(name): title for name, title in FACET_TITLE.items()} | {"before": "Before", "after": "From"}
    return [
        Choice(value_text(name, value), _url(q, _toggled(chosen, name, value)), title=titles[name])
        for name, values in chosen.items()
        for value in values
    ]


def _groups(counts: FacetCounts, q: str, chosen: dict[str, list[str]]) -> list[Group]:
    found = [_group(name, counts, q, chosen) for name in FACET_TITLE]
    return [group for group in found if group.first]


def _group(name: FacetName, counts: FacetCounts, q: str, chosen: dict[str, list[str]]) -> Group:
    active = {value.lower() for value in chosen.get(name, [])}
    values = counts[name]
    if name is FacetName.YEAR:
        values = sorted(values, key=lambda found: found.value, reverse=True)
    choices = [
        Choice(
            value_text(name, found.value),
            _url(q, _toggled(chosen, name, found.value)),
            found.count,
            found.value.lower() in active,
        )
        for found in values
    ]
    choices.sort(key=lambda choice: not choice.chosen)
    return Group(FACET_TITLE[name], choices[:_SHOWN], choices[_SHOWN:_UNFOLDED])


def _toggled(chosen: dict[str, list[str]], name: str, value: str) -> dict[str, list[str]]:
    kept = [found for found in chosen.get(name, []) if found.lower() != value.lower()]
    values = kept if len(kept) < len(chosen.get(name, [])) else [*kept, value]
    return {**chosen, name: values}


def _url(q: str, chosen: dict[str, list[str]], size: int = 20, number: int = 1) -> str:
    extra = {"page_size": size if size != 20 else None, "page": number if number > 1 else None}
    return "/" + query_string({"q": q, **chosen, **extra})


def _tips(q: str, chosen: dict[str, list[str]]) -> list[str]:
    tips: list[str] = []
    if chosen:
        tips.append("Take away a filter: nothing matches all of them.")
    if '"' in q:
        tips.append("Leave out the quotation marks: an exact phrase must stand in the text word for word.")
    if " -" in f" {q}":
        tips.append("Leave out words with a minus: they exclude.")
    return [*tips, "Describe the situation in a sentence, as you would to a colleague."]
