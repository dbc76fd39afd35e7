"""The feed of what answers a search: its address says everything, so that it can be shared."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kb.life import records
from web.addresses import query_string
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.push import feeds
from web.push.feeds import Feed
from web.searching import following
from web.searching.choices import FiltersDep

router = APIRouter()

_ENTRIES = 50


@router.api_route("/feed", methods=["GET", "HEAD"])
def feed(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    q: Annotated[str, Query()] = "",
) -> Response:
    """The items that answer *q* and match the filters, the latest change first."""
    wanted = following.matching(services, session, principal, q, filters)
    entries = records.newest(session, principal, wanted, _ENTRIES)
    given = query_string({"q": q.strip(), **filters.as_json()})
    about = Feed(
        f"Hindsight: {q.strip() or 'new items'}",
        str(request.base_url).rstrip("/"),
        f"/feed{given}",
        f"/{given}",
    )
    body = feeds.atom(about, entries)
    changed = feeds.updated(entries)
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache",
    }
    if _unchanged(request, headers["ETag"], changed):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=feeds.MEDIA_TYPE, headers=headers)


def _unchanged(request: Request, tag: str, changed: datetime) -> bool:
    """Whether the reader has it already (RFC 9110, 13.2.2: a tag goes before a date)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in tags.split(","))
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return changed.replace(microsecond=0) <= since
    except (ValueError, TypeError):
        return False
