"""Change requests: proposing other words, and deciding about them."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from ingest import rewriting
from kb import items
from kb.access import Permission
from kb.life import actions, changes
from web.addresses import paged, query_string
from web.http.deps import PrincipalDep, RunnerDep, SessionDep
from web.layout import page
from web.life import changing, differences
from web.searching.choices import PageNumber
from web.searching.finding import Paging

router = APIRouter()

_PARAGRAPHS = 60
_DECIDED = 50


@router.get("/lessons/actions/{number}/propose")
def choose(
    number: int,
    session: SessionDep,
    principal: PrincipalDep,
    target: Annotated[str, Query(max_length=300)] = "",
    paragraph: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
    at: PageNumber = 1,
) -> HTMLResponse:
    """Choose, step by step, what other words are proposed for; paragraph 0 is the end of the text."""
    action = actions.get(session, principal, number)
    found = items.get(session, principal, target.strip()) if target.strip() else None
    paragraphs = rewriting.paragraphs(found.body) if found and paragraph is None else []
    paging = Paging(at, _PARAGRAPHS)
    address, chosen = f"/lessons/actions/{number}/propose", target.strip()
    return page(
        "propose.html",
        section="lesson",
        action=action,
        target=found,
        paragraph=paragraph,
        present=rewriting.source(found.body, paragraph) if found and paragraph else "",
        paragraphs=paragraphs[paging.offset : paging.offset + paging.size],
        number=at,
        pages=paging.pages(len(paragraphs)),
        page_url=paged(address, target=chosen),
        choices=address + query_string({"target": chosen}) + "&paragraph=",
    )


@router.post("/lessons/actions/{number}/propose")
def propose(
    number: int,
    session: SessionDep,
    principal: PrincipalDep,
    target: Annotated[str, Form()],
    present: Annotated[str, Form()] = "",
    proposed: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Ask for other words; browsers end lines in a form their own way."""
    made = changes.propose(
        session, principal, number, target, present=_lines(present), proposed=_lines(proposed)
    )
    return RedirectResponse(f"/lessons/changes/{made}", status_code=303)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


@router.get("/lessons/changes")
def requests(session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """Change requests that wait, and those decided last."""
    return page(
        "changes.html",
        section="lesson",
        waiting=changes.waiting_for(session, principal),
        decided=changes.decided(session, principal, limit=_DECIDED),
    )


@router.get("/lessons/changes/{number}")
def request(number: int, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """A change request: the text before and after, and the decision."""
    change = changes.get(session, principal, number)
    preview = changing.preview(session, principal, change)
    return page(
        "change.html",
        section="lesson",
        change=change,
        stretches=differences.shortened(preview.stretches),
        obstacle=preview.obstacle,
        may_decide=principal.may(Permission.EDIT),
    )


@router.post("/lessons/changes/{number}/accept")
def accept(
    number: int,
    session: SessionDep,
    principal: PrincipalDep,
    runner: RunnerDep,
    after: BackgroundTasks,
    reason: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Write the new version; search follows."""
    changing.accept(session, principal, number, reason)
    after.add_task(runner.refresh)
    return RedirectResponse(f"/lessons/changes/{number}", status_code=303)


@router.post("/lessons/changes/{number}/reject")
def reject(
    number: int, session: SessionDep, principal: PrincipalDep, reason: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Turn the change down, with the reason."""
    changes.reject(session, principal, number, reason)
    return RedirectResponse(f"/lessons/changes/{number}", status_code=303)
