"""The pages on which kept learning paths are listed and read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.access import Permission
from kb.learning import kept
from kb.learning.kept import MAX_STEPS, MAX_TITLE
from web.addresses import kept_path_url, paged
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.learning import kept_paths
from web.learning.path_files import Format
from web.learning.path_schemas import PathQuery, StopOut
from web.searching.choices import PagingDep
from web.writing import entered

router = APIRouter(prefix="/paths/kept")

_MAX_FIELDS = 400


async def _entered(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in await entered.pairs(request, _MAX_FIELDS):
        found.setdefault(name, []).append(value)
    return found


EnteredDep = Annotated[dict[str, list[str]], Depends(_entered)]
Version = Annotated[int, Form(ge=1, le=2**31)]


@router.get("")
def listed(session: SessionDep, principal: PrincipalDep, wanted: PagingDep) -> HTMLResponse:
    """The paths that one may see, what was changed last first."""
    total = kept.count(session, principal)
    return page(
        "kept_paths.html",
        section="training",
        paths=kept.listed(session, principal, offset=wanted.offset, limit=wanted.size),
        total=total,
        number=wanted.page,
        pages=wanted.pages(total),
        page_url=paged("/paths/kept"),
    )


@router.post("")
def keep(
    form: EnteredDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Keep a path as it was shown, and lead to it."""
    title, steps = form.pop("title", [""]), form.pop("step", [])
    wanted = PathQuery.of_fields(form)
    code = kept_paths.keep(services, session, principal, wanted, title=title[-1], steps=steps[:MAX_STEPS])
    return RedirectResponse(kept_path_url(code), status_code=303)


@router.get("/{code}")
def show(code: str, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """A path as it was kept, and what became of its training since."""
    found = kept_paths.view(session, principal, code)
    return page(
        "kept_path.html",
        may_assign=principal.may(Permission.DEVELOP),
        section="training",
        view=found,
        head=found.kept.head,
        path=found.option.path,
        steps=[
            (StopOut.of(stop), notices)
            for stop, notices in zip(found.option.stops, found.notices, strict=True)
        ],
        formats=list(Format),
        may_change=kept.may_change(principal, found.kept.head),
        longest=MAX_TITLE,
    )


@router.post("/{code}/title")
def rename(
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    version: Version,
    title: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Give it another title."""
    kept.rename(session, principal, code, version, title)
    return RedirectResponse(kept_path_url(code), status_code=303)


@router.post("/{code}/removal")
def remove(code: str, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Keep it no longer."""
    kept.remove(session, principal, code)
    return RedirectResponse("/paths/kept", status_code=303)
