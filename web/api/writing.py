"""Writing items over HTTP."""

import re
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Header, Response

from kb import drafts, items
from kb.errors import InvalidError
from web.addresses import item_url
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.schemas import ItemDetailOut, ItemOut
from web.writing import assisting, editing
from web.writing.entry_schemas import CheckedOut, CheckIn, LessonEditIn, LessonIn, TextEditIn

router = APIRouter(tags=["Lessons"], responses=PROBLEMS)

_TAG = re.compile(r'\s*(?:W/)?"(\d{1,9})"\s*')


@router.post(
    "/lessons",
    status_code=201,
    operation_id="create_lesson",
    summary="Write a lesson",
    responses=problems(403, 404),
)
def create(
    wanted: LessonIn,
    session: SessionDep,
    principal: PrincipalDep,
    runner: RunnerDep,
    later: BackgroundTasks,
    response: Response,
) -> ItemDetailOut:
    """Keep a new lesson, as a draft or submitted; search finds it some seconds later.

    `Location` tells its address, `ETag` its version.
    """
    ref = editing.create(session, principal, wanted.lesson(), submit=wanted.submit)
    later.add_task(runner.refresh)
    response.headers["Location"] = f"/api/v1{item_url(ref)}"
    return _answer(session, principal, ref, response)


@router.post("/lessons/check", operation_id="check_lesson", summary="Check a lesson while it is written")
def check(wanted: CheckIn, services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> CheckedOut:
    """How well it is written, what is like it already, and what it seems to be about. Nothing is kept."""
    return CheckedOut.of(assisting.check(services, session, principal, wanted.lesson(), wanted.ref))


@router.get("/lessons/drafts", operation_id="list_my_drafts", summary="List your drafts")
def mine(session: SessionDep, principal: PrincipalDep) -> list[ItemOut]:
    """The lessons that you began and have not submitted, the latest change first."""
    return [ItemOut.of(item) for item in drafts.mine(session, principal)]


@router.put(
    "/items/{ref:path}",
    operation_id="update_item",
    summary="Change an item",
    responses=problems(403, 404, 409),
)
def update(  # noqa: PLR0913 - each is one thing FastAPI brings in
    ref: Ref,
    wanted: LessonEditIn | TextEditIn,
    session: SessionDep,
    principal: PrincipalDep,
    runner: RunnerDep,
    later: BackgroundTasks,
    response: Response,
    if_match: Annotated[
        str, Header(description="The version that was read, as its `ETag` gave it.", examples=['"3"'])
    ] = "",
) -> ItemDetailOut:
    """Keep the next version of an item. A newer version than the one that was read answers 409.

    A lesson that was reviewed already goes back to review.
    """
    version = wanted.version or _version(if_match)
    present, _ = editing.entry(session, principal, ref)
    own = editing.change(
        session, principal, ref, wanted.entry(present), version=version, submit=wanted.submit
    )
    later.add_task(runner.refresh)
    return _answer(session, principal, own, response)


def _version(if_match: str) -> int:
    found = _TAG.fullmatch(if_match)
    if found is None:
        raise InvalidError(
            'Say which version you changed: `version` in the body, or the header If-Match: "3".'
        )
    return int(found[1])


def _answer(session: SessionDep, principal: PrincipalDep, ref: str, response: Response) -> ItemDetailOut:
    item = items.get(session, principal, ref)
    response.headers["ETag"] = f'"{item.version}"'
    return ItemDetailOut.of_detail(item)
