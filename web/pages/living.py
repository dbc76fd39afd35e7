"""What people do on the page of an item, and what changed between its versions."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse

from kb import items
from kb.errors import InvalidError
from kb.life import actions, lessons, relations
from kb.life.lifecycle import Move
from kb.vocabulary import Link, Target
from web.addresses import item_url
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.life import differences

router = APIRouter()

VersionNumber = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/items/{ref:path}/versions/{number}/compare/{other}")
def compare(
    ref: str, number: VersionNumber, other: VersionNumber, session: SessionDep, principal: PrincipalDep
) -> HTMLResponse:
    """What changed from one version to another."""
    item = items.get(session, principal, ref)
    before = items.version(session, principal, ref, number)
    after = items.version(session, principal, ref, other)
    found = differences.between(before, after)
    return page(
        "compare.html",
        section=item.head.kind,
        item=item,
        before=before.summary,
        after=after.summary,
        title=found.title,
        body=differences.shortened(found.body),
        facts=found.facts,
    )


@router.post("/items/{ref:path}/moves")
def move(
    ref: str,
    session: SessionDep,
    principal: PrincipalDep,
    move: Annotated[Move, Form()],
    reason: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Let a lesson make a move."""
    lessons.move(session, principal, ref, move, reason)
    return _back(ref, "standing")


@router.post("/items/{ref:path}/comments")
def comment(
    ref: str, session: SessionDep, principal: PrincipalDep, text: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Say something."""
    lessons.comment(session, principal, ref, text)
    return _back(ref, "history")


@router.post("/items/{ref:path}/actions")
def add_action(
    ref: str,
    session: SessionDep,
    principal: PrincipalDep,
    target: Annotated[Target, Form()],
    what: Annotated[str, Form()] = "",
    owner: Annotated[str, Form()] = "",
    due: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Give a lesson an action."""
    number = actions.add(session, principal, ref, what=what, target=target, owner=owner, due=_day(due))
    return _back(ref, f"action-{number}")


@router.post("/items/{ref:path}/relations")
def relate(
    ref: str,
    session: SessionDep,
    principal: PrincipalDep,
    link: Annotated[Link, Form()],
    other: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Note how an item stands to another."""
    relations.relate(session, principal, ref, link, other.strip(), note)
    return _back(ref, "relations")


@router.post("/items/{ref:path}/relations/remove")
def part(
    ref: str,
    session: SessionDep,
    principal: PrincipalDep,
    link: Annotated[Link, Form()],
    other: Annotated[str, Form()],
) -> RedirectResponse:
    """Take that back."""
    relations.part(session, principal, ref, link, other)
    return _back(ref, "relations")


def _back(ref: str, place: str) -> RedirectResponse:
    return RedirectResponse(f"{item_url(ref)}#{place}", status_code=303)


def _day(text: str) -> date | None:
    """A day as forms send it; an empty field is no day."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise InvalidError(f"{text.strip()[:60]!r} is not a date; write 2026-05-31.") from error
