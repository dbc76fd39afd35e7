"""The pages on which kept learning paths are listed and read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.access import Permission
from kb.errors import InvalidError
from kb.learning import kept
from kb.learning.kept import MAX_STEPS, MAX_TITLE, PathDraft
from web.addresses import kept_path_url, paged
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.learning import kept_paths
from web.learning.kept_paths import Change
from web.learning.kept_schemas import KeptPathOut
from web.learning.path_files import Format
from web.learning.path_schemas import PathQuery
from web.searching.choices import PagingDep
from web.writing import entered, form_values

router = APIRouter(prefix="/paths/kept")

_MAX_FIELDS = 400


async def _entered(request: Request) -> dict[str, list[str]]:
    return await entered.lists(request, _MAX_FIELDS)


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
        steps=KeptPathOut.of(found).steps,
        formats=list(Format),
        may_change=kept.may_change(principal, found.kept.head),
        may_edit=kept.may_change(principal, found.kept.head) and found.findings is not None,
        most=MAX_STEPS,
        longest=MAX_TITLE,
    )


@router.post("/{code}/steps")
def edit(
    code: str, form: EnteredDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Do what a button says to one step, and lead back to it."""
    said = {name: values[-1] for name, values in form.items() if values}
    draft = kept.get(session, principal, code).draft
    ref, wanted = said.get("step", ""), said.get("ref", "").strip()
    change = _change(said.get("action", ""), draft, ref, wanted)
    version = form_values.whole(said.get("version", ""))
    steps = kept_paths.edit(services, session, principal, code, version, change)
    after = wanted or ref
    anchor = f"#step-{steps.index(after) + 1}" if after in steps else "#steps"
    return RedirectResponse(kept_path_url(code) + anchor, status_code=303)


def _change(action: str, draft: PathDraft, ref: str, wanted: str) -> Change:
    """What a button says: up, down, remove, replace, add, pick, unpick or allow. Raises InvalidError."""
    steps, asked = [one.offer.ref for one in draft.steps], PathQuery.read(draft.asked)
    match action:
        case "up" | "down" if ref in steps:
            place = steps.index(ref)
            other = max(place - 1, 0) if action == "up" else min(place + 1, len(steps) - 1)
            steps[place], steps[other] = steps[other], steps[place]
            return Change(steps=steps)
        case "remove":
            return Change(steps=[one for one in steps if one != ref])
        case "replace" if wanted:
            return Change(steps=[wanted if one == ref else one for one in steps])
        case "add" if wanted:
            return Change(steps=[*steps, wanted])
        case "pick":
            return Change(take=[*asked.take, ref])
        case "unpick":
            return Change(take=[one for one in asked.take if one != ref])
        case "allow":
            return Change(without=[one for one in asked.without if one != ref])
        case _:
            raise InvalidError("Name training by its reference, such as HS-C-101.")


@router.post("/{code}/solution")
def solve(
    code: str, services: ServicesDep, session: SessionDep, principal: PrincipalDep, version: Version
) -> RedirectResponse:
    """Keep what was picked, and find the best of what remains."""
    kept_paths.solve(services, session, principal, code, version)
    return RedirectResponse(f"{kept_path_url(code)}#steps", status_code=303)


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
