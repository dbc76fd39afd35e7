"""The pages of the catalogue of training."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from kb.learning.listing import Aspect
from search.terms import QueryError
from web.addresses import query_string
from web.api import training as api
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.learning import courses
from web.learning.course_schemas import CataloguePageQuery, CatalogueQuery
from web.learning.courses import TITLES, Found, value_text
from web.searching.finding import DEFAULT_SIZE

router = APIRouter()

_SHOWN = 6
"""Values of an aspect shown at once; the others unfold."""


Chosen = dict[str, list[str]]
"""Values by parameter."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that chooses a value, or no longer."""

    title: str
    text: str
    url: str
    count: int
    chosen: bool


@router.get("/training")
def listed(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[CataloguePageQuery, Query()],
) -> HTMLResponse:
    """The catalogue, searched and filtered."""
    try:
        found = courses.find(services, session, principal, wanted.q, wanted.asked(), wanted.paging)
    except QueryError as error:
        return page("training.html", 400, section="training", **_asked(wanted), fault=str(error), found=None)
    groups = _groups(found, wanted)
    return page(
        "training.html",
        section="training",
        **_asked(wanted),
        fault="",
        found=found,
        offers=[(offer, courses.warnings(offer, found.today)) for offer in found.offers],
        pages=wanted.paging.pages(found.total),
        groups=groups,
        chips=[choice for _, first, more in groups for choice in (*first, *more) if choice.chosen],
    )


@router.get("/training.jsonld")
def export(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[CatalogueQuery, Query()],
) -> Response:
    """What the catalogue shows, as a file."""
    return api.export(request, services, session, principal, wanted)


def _asked(wanted: CataloguePageQuery) -> dict[str, Any]:
    chosen = wanted.chosen()
    return {
        "words": wanted.q,
        "chosen": [(name, value) for name, values in chosen.items() for value in values],
        "number": wanted.page,
        "page_url": partial(_url, wanted, chosen),
        "clear": _url(wanted, {}),
        "export_url": "/training.jsonld" + query_string({"q": wanted.q, **chosen}),
    }


def _groups(found: Found, wanted: CataloguePageQuery) -> list[tuple[str, list[Choice], list[Choice]]]:
    """Of each aspect that tells courses apart: its title, its first values, the others."""
    chosen = wanted.chosen()
    groups = [(title, _choices(aspect, found, wanted, chosen)) for aspect, title in TITLES.items()]
    return [
        (title, choices[:_SHOWN], choices[_SHOWN:])
        for title, choices in groups
        if len(choices) > 1 or any(choice.chosen for choice in choices)
    ]


def _choices(aspect: Aspect, found: Found, wanted: CataloguePageQuery, chosen: Chosen) -> list[Choice]:
    present = [value.lower() for value in chosen.get(aspect, [])]
    counted = {one.value: one.count for one in found.counts[aspect]}
    missing = [value for value in chosen.get(aspect, []) if value.lower() not in map(str.lower, counted)]
    choices = [
        Choice(
            TITLES[aspect],
            value_text(aspect, value),
            _url(wanted, _toggled(chosen, aspect, value)),
            count,
            value.lower() in present,
        )
        for value, count in (*counted.items(), *((value, 0) for value in missing))
    ]
    return sorted(choices, key=lambda choice: not choice.chosen)


def _toggled(chosen: Chosen, name: str, value: str) -> Chosen:
    present = chosen.get(name, [])
    left = [one for one in present if one.lower() != value.lower()]
    return {**chosen, name: left if len(left) < len(present) else [*present, value]}


def _url(wanted: CataloguePageQuery, chosen: Chosen, number: int = 1) -> str:
    size = wanted.page_size if wanted.page_size != DEFAULT_SIZE else None
    return "/training" + query_string(
        {"q": wanted.q, **chosen, "page_size": size, "page": number if number > 1 else None}
    )
