"""Subscriptions over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.errors import InvalidError
from kb.push import deliveries, subscriptions
from kb.push.deliveries import Delivery, DeliveryState
from kb.push.subscriptions import Rhythm, Subscription, SubscriptionDraft, Way
from kb.searching import saved
from web.addresses import search_url
from web.api.problems import PROBLEMS, problems
from web.api.saved import FiltersIn
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.push import pushing
from web.push.digests import WebhookBody
from web.schemas import Out
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(tags=["Subscriptions"], responses=PROBLEMS)
hooks = APIRouter(tags=["Subscriptions"])
"""What this server sends to others, for the OpenAPI document."""

SubscriptionId = Annotated[int, Path(ge=1, le=2**53, description="The subscription's id.")]
DeliveryId = Annotated[int, Path(ge=1, le=2**53, description="The delivery's id.")]


class SubscriptionIn(BaseModel):
    """What to be told of, and how: words, filters or both; or what a saved search asks for."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        default="", max_length=subscriptions.MAX_NAME, description="The words or the filters when empty."
    )
    query: str = Field(default="", max_length=2_000, examples=["supplier delivered late"])
    filters: FiltersIn = Field(default_factory=FiltersIn)
    saved_search: int | None = Field(
        default=None, ge=1, le=2**53, description="A saved search of yours, instead of words and filters."
    )
    way: Way
    address: str = Field(
        default="",
        max_length=subscriptions.MAX_ADDRESS,
        description="The mailbox or the webhook's https address; none for a feed.",
        examples=["anna@example.org"],
    )
    rhythm: Rhythm | None = Field(
        default=None,
        description="E-mail: daily (if null) or weekly; a webhook: at once (if null), daily or weekly.",
    )


class ActiveIn(BaseModel):
    """Whether to go on."""

    model_config = ConfigDict(extra="forbid")

    active: bool = Field(description="False stops it; true tells again of what changes from then on.")


class SubscriptionOut(Out):
    """A subscription of yours."""

    id: int
    name: str
    query: str
    filters: dict[str, list[str]]
    way: Way
    address: str
    rhythm: Rhythm
    created_at: datetime
    next_at: datetime | None = Field(description="When news are looked for next; null when stopped.")
    active: bool
    stopped_at: datetime | None
    stopped_why: str
    url: str = Field(description="All that answers it.")
    feed: str = Field(description="The same as an Atom feed.")

    @staticmethod
    def of(one: Subscription) -> "SubscriptionOut":
        """From a subscription."""
        return SubscriptionOut(
            id=one.id,
            name=one.name,
            query=one.query,
            filters=one.filters.as_json(),
            way=one.way,
            address=one.address,
            rhythm=one.rhythm,
            created_at=one.created_at,
            next_at=None if one.stopped_at or one.way is Way.FEED else one.next_at,
            active=one.stopped_at is None,
            stopped_at=one.stopped_at,
            stopped_why=one.stopped_why,
            url=search_url(one.query, one.filters),
            feed=search_url(one.query, one.filters, "/feed"),
        )


class SubscribedOut(Out):
    """A subscription that was just made."""

    subscription: SubscriptionOut
    secret: str = Field(
        description="What its webhooks are signed with: told now and never again; empty for other ways."
    )


class DeliveryOut(Out):
    """Something that a subscription sent, or has to send."""

    id: int
    key: str = Field(description="The `webhook-id`, and the left part of the Message-ID of an e-mail.")
    state: DeliveryState
    created_at: datetime
    items: int
    tries: int
    next_at: datetime | None = Field(
        description="When it is tried next; null when nothing is tried any more."
    )
    finished_at: datetime | None
    error: str = Field(description="Why the last try failed; empty when it did not.")

    @staticmethod
    def of(one: Delivery) -> "DeliveryOut":
        """From a line of the log."""
        waiting = one.state is DeliveryState.WAITING
        return DeliveryOut(
            id=one.id,
            key=one.key,
            state=one.state,
            created_at=one.created_at,
            items=one.items,
            tries=one.tries,
            next_at=one.next_at if waiting else None,
            finished_at=one.finished_at,
            error=one.error,
        )


class DeliveriesOut(Out):
    """A page of the log."""

    total: int
    page: int
    pages: int
    deliveries: tuple[DeliveryOut, ...] = Field(description="The newest first.")


class TrialOut(Out):
    """How a test message went."""

    items: int = Field(description="Items in it.")


@router.get("/subscriptions", operation_id="list_subscriptions", summary="List subscriptions")
def listed(session: SessionDep, principal: PrincipalDep) -> list[SubscriptionOut]:
    """What you are told of, and how; nobody else sees it."""
    return [SubscriptionOut.of(one) for one in subscriptions.listed(session, principal)]


@router.post(
    "/subscriptions",
    status_code=201,
    operation_id="subscribe",
    summary="Subscribe",
    responses=problems(403, 404, 409),
)
def subscribe(
    wanted: SubscriptionIn,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    response: Response,
) -> SubscribedOut:
    """Be told of what is new or changed from now on; `Location` tells the subscription's address."""
    name, query, filters = wanted.name, wanted.query, wanted.filters.filters()
    if wanted.saved_search is not None:
        if query or filters:
            raise InvalidError("Give a saved search, or words and filters, not both.")
        search = saved.get(session, principal, wanted.saved_search)
        name, query, filters = name or search.name, search.query, search.filters
    draft = SubscriptionDraft(name, query, filters, wanted.way, wanted.address, wanted.rhythm)
    one, secret = pushing.subscribe(services, session, principal, draft)
    response.headers["Location"] = f"/api/v1/subscriptions/{one.id}"
    return SubscribedOut(subscription=SubscriptionOut.of(one), secret=secret)


@router.get(
    "/subscriptions/{number}",
    operation_id="get_subscription",
    summary="Read a subscription",
    responses=problems(404),
)
def one(number: SubscriptionId, session: SessionDep, principal: PrincipalDep) -> SubscriptionOut:
    """A subscription of yours."""
    return SubscriptionOut.of(subscriptions.get(session, principal, number))


@router.patch(
    "/subscriptions/{number}",
    operation_id="change_subscription",
    summary="Stop or resume a subscription",
    responses=problems(403, 404),
)
def change(
    number: SubscriptionId,
    wanted: ActiveIn,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
) -> SubscriptionOut:
    """Stop a subscription for a while, or go on with it."""
    if wanted.active:
        hour = services.settings.digest_hour
        return SubscriptionOut.of(subscriptions.resume(session, principal, number, hour))
    return SubscriptionOut.of(subscriptions.stop(session, principal, number))


@router.delete(
    "/subscriptions/{number}",
    status_code=204,
    operation_id="unsubscribe",
    summary="Remove a subscription",
    responses=problems(403, 404),
)
def remove(number: SubscriptionId, session: SessionDep, principal: PrincipalDep) -> None:
    """Forget a subscription and the log of what it sent."""
    subscriptions.remove(session, principal, number)


@router.post(
    "/subscriptions/{number}/test",
    operation_id="test_subscription",
    summary="Send a test message",
    responses=problems(403, 404),
)
def trial(
    number: SubscriptionId, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> TrialOut:
    """Send a few items that match now; a webhook gets them with the type `test`."""
    return TrialOut(items=pushing.trial(services, session, principal, number))


@router.get(
    "/subscriptions/{number}/deliveries",
    operation_id="list_deliveries",
    summary="List what a subscription sent",
    responses=problems(404),
)
def log(
    number: SubscriptionId,
    paging: PagingDep,
    session: SessionDep,
    principal: PrincipalDep,
    request: Request,
    response: Response,
) -> DeliveriesOut:
    """What was sent, waits to be tried again, or was given up, and why."""
    found, total = deliveries.log(session, principal, number, offset=paging.offset, limit=paging.size)
    pages = paging.pages(total)
    add_links(request, response, paging.page, pages)
    return DeliveriesOut(
        total=total, page=paging.page, pages=pages, deliveries=tuple(DeliveryOut.of(one) for one in found)
    )


@router.post(
    "/subscriptions/{number}/deliveries/{delivery}/retry",
    operation_id="retry_delivery",
    summary="Try a delivery anew",
    responses=problems(403, 404, 409),
)
def retry(
    number: SubscriptionId, delivery: DeliveryId, session: SessionDep, principal: PrincipalDep
) -> DeliveryOut:
    """Have a delivery that was given up tried again, under the same key."""
    return DeliveryOut.of(deliveries.again(session, principal, number, delivery))


@hooks.post(
    "items-changed",
    status_code=204,
    operation_id="items_changed",
    summary="Items are new or changed",
    responses={
        204: {"description": "Taken, as by any 2xx."},
        "default": {"description": "Not taken: tried again later under the same `webhook-id`."},
    },
)
def items_changed(body: WebhookBody) -> None:
    """What a subscription posts to its webhook."""
