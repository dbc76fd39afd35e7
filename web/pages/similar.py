"""The page of what is like an item."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kb import items
from web.addresses import item_url, query_string
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.searching import reasons
from web.searching.choices import PagingDep
from web.searching.finding import DEFAULT_SIZE

router = APIRouter()


@router.get("/items/{ref:path}/similar")
def similar(
    ref: str, services: ServicesDep, session: SessionDep, principal: PrincipalDep, wanted: PagingDep
) -> HTMLResponse:
    """The items nearest in meaning to one, a page at a time."""
    item = items.get(session, principal, ref)
    found = services.search().similar(session, principal, ref, offset=wanted.offset, limit=wanted.size)
    return page(
        "similar.html",
        section=item.head.kind,
        item=item,
        hits=found.hits,
        total=found.total,
        reasons=[reasons.found(hit) for hit in found.hits],
        marks=[reasons.marks(hit) for hit in found.hits],
        page=wanted.page,
        pages=wanted.pages(found.total),
        page_url=partial(_url, item.head.ref, wanted.size),
        first=wanted.offset + 1,
    )


def _url(ref: str, size: int, number: int) -> str:
    given = {"page": number if number > 1 else None, "page_size": size if size != DEFAULT_SIZE else None}
    return f"{item_url(ref)}/similar{query_string(given)}"
