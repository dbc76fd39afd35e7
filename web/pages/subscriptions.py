"""The pages of subscriptions, and the one on which anybody with the link ends theirs."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.push import deliveries, subscriptions
from kb.push.subscriptions import RHYTHMS, Rhythm, SubscriptionDraft, Way
from kb.searching import saved
from kb.values import Filters
from kb.vocabulary import FacetName, Kind, KnowledgeArea, Phase
from web.addresses import query_string, search_url
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.push import digests, pushing
from web.searching.choices import FiltersDep, PagingDep
from web.searching.finding import Paging
from web.wiring import Services

router = APIRouter()

_OVERVIEW = "/subscriptions"
_CHOICES = {FacetName.AREA: KnowledgeArea, FacetName.PHASE: Phase, FacetName.KIND: Kind}
"""What the form offers to choose from."""


class SubscribeForm(BaseModel):
    """What the form says; words and filters may stand in the address instead."""

    name: str = Field(default="", max_length=subscriptions.MAX_NAME)
    words: str = Field(default="", max_length=2_000)
    area: KnowledgeArea | None = None
    phase: Phase | None = None
    kind: Kind | None = None
    project: str = Field(default="", max_length=300)
    saved: int | None = Field(default=None, ge=1, le=2**53)
    way: Way
    to: str = Field(default="", max_length=subscriptions.MAX_ADDRESS)
    rhythm: Rhythm | None = None

    def filters(self) -> Filters:
        """The filters that were chosen."""
        chosen = {
            FacetName.AREA: self.area,
            FacetName.PHASE: self.phase,
            FacetName.KIND: self.kind,
            FacetName.PROJECT: self.project.strip(),
        }
        return Filters({name: (str(value),) for name, value in chosen.items() if value})


@router.get("/subscriptions")
def overview(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    q: Annotated[str, Query(max_length=2_000)] = "",
) -> HTMLResponse:
    """What this person is told of, and a form for more; for the search that the address tells, if any."""
    return page(
        "subscriptions.html",
        section="search",
        subscriptions=subscriptions.listed(session, principal),
        ways=_ways(services),
        rhythms=RHYTHMS[Way.WEBHOOK],
        choices=_CHOICES,
        saved=saved.listed(session, principal),
        given=(q.strip(), filters) if q.strip() or filters else None,
        action=search_url(q.strip(), filters, _OVERVIEW),
        about=digests.about,
        search_query=q,
        search_filters=filters,
    )


@router.post("/subscriptions", response_model=None)
def subscribe(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    said: Annotated[SubscribeForm, Form()],
    q: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """Subscribe to what the address or the form says; a webhook's secret is shown now and never again."""
    name, words = said.name, q or said.words
    chosen = filters or said.filters()
    if said.saved:
        search = saved.get(session, principal, said.saved)
        name, words, chosen = name or search.name, search.query, search.filters
    rhythm = None if said.way is Way.FEED else said.rhythm
    draft = SubscriptionDraft(name, words, chosen, said.way, said.to, rhythm)
    one, secret = pushing.subscribe(services, session, principal, draft)
    if secret:
        return _shown(session, principal, one.id, Paging(1, 20), status=201, secret=secret)
    return _to(one.id)


@router.get("/subscriptions/{number}")
def one(
    number: int,
    session: SessionDep,
    principal: PrincipalDep,
    paging: PagingDep,
    tested: Annotated[int | None, Query(ge=0)] = None,
) -> HTMLResponse:
    """A subscription and the log of what it sent."""
    return _shown(session, principal, number, paging, tested=tested)


def _shown(
    session: Session,
    principal: Principal,
    number: int,
    paging: Paging,
    *,
    status: int = 200,
    secret: str = "",
    tested: int | None = None,
) -> HTMLResponse:
    found = subscriptions.get(session, principal, number)
    log, total = deliveries.log(session, principal, number, offset=paging.offset, limit=paging.size)
    return page(
        "subscription.html",
        status,
        section="search",
        subscription=found,
        about=digests.about(found),
        rhythm=digests.RHYTHM_WORDS[found.rhythm],
        secret=secret,
        tested=tested,
        log=log,
        total=total,
        page=paging.page,
        pages=paging.pages(total),
        page_url=partial(_page_url, number),
        tries=deliveries.TRIES,
    )


@router.post("/subscriptions/{number}/stop")
def stop(number: int, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Send nothing more until it is resumed."""
    subscriptions.stop(session, principal, number)
    return _to(number)


@router.post("/subscriptions/{number}/resume")
def resume(
    number: int, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Tell again."""
    subscriptions.resume(session, principal, number, services.settings.digest_hour)
    return _to(number)


@router.post("/subscriptions/{number}/remove")
def remove(number: int, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Forget a subscription."""
    subscriptions.remove(session, principal, number)
    return RedirectResponse(_OVERVIEW, status_code=303)


@router.post("/subscriptions/{number}/test")
def trial(
    number: int, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Send a test message now."""
    items = pushing.trial(services, session, principal, number)
    return RedirectResponse(f"{_OVERVIEW}/{number}?tested={items}", status_code=303)


@router.post("/subscriptions/{number}/deliveries/{delivery}/retry")
def retry(number: int, delivery: int, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Have a delivery that was given up tried again."""
    deliveries.again(session, principal, number, delivery)
    return _to(number)


@router.get("/unsubscribe/{token}")
def leaving(token: str, session: SessionDep) -> HTMLResponse:
    """Ask whoever followed a message's link whether they mean it: mail programs open links by themselves."""
    return page("unsubscribe.html", subscription=subscriptions.of_token(session, token), token=token)


@router.post("/unsubscribe/{token}")
def leave(token: str, session: SessionDep) -> HTMLResponse:
    """Stop the one subscription that the link is for, also at one click in a mail program (RFC 8058)."""
    return page("unsubscribe.html", subscription=subscriptions.stop_by_token(session, token), token=token)


def _page_url(number: int, wanted: int) -> str:
    return f"{_OVERVIEW}/{number}" + query_string({"page": wanted})


def _ways(services: Services) -> list[Way]:
    """How this server can tell people, what suits most first."""
    sending = pushing.ways(services.settings)
    return [way for way in (Way.EMAIL, Way.WEBHOOK) if way in sending] + [Way.FEED]


def _to(number: int) -> RedirectResponse:
    return RedirectResponse(f"{_OVERVIEW}/{number}", status_code=303)
