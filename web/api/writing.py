"""Writing items over HTTP."""

from fastapi import APIRouter, BackgroundTasks, Response

from kb import drafts, items
from web.addresses import item_url
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.api.versions import IfMatch, matched, tell
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.schemas import ItemDetailOut, ItemOut
from web.writing import assisting, editing
from web.writing.entry_schemas import CheckedOut, CheckIn, LessonEditIn, LessonIn, TextEditIn

router = APIRouter(tags=["Lessons"], responses=PROBLEMS)


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
    if_match: IfMatch = "",
) -> ItemDetailOut:
    """Keep the next version of an item. A newer version than the one that was read answers 409.

    A lesson that was reviewed already goes back to review.
    """
    version = wanted.version or matched(if_match, "`version` in the body, or ")
    present, _ = editing.entry(session, principal, ref)
    own = editing.change(
        session, principal, ref, wanted.entry(present), version=version, submit=wanted.submit
    )
    later.add_task(runner.refresh)
    return _answer(session, principal, own, response)


def _answer(session: SessionDep, principal: PrincipalDep, ref: str, response: Response) -> ItemDetailOut:
    item = items.get(session, principal, ref)
    tell(response, item.version)
    return ItemDetailOut.of_detail(item)
