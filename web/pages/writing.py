"""The pages on which lessons are written and items edited."""

from typing import Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from kb import drafts, items, projects
from kb.access import Principal
from kb.database import transaction
from kb.errors import ConflictError, InvalidError
from kb.items import ItemSummary
from kb.life.lifecycle import RULES, Move
from kb.vocabulary import (
    Approach,
    Classification,
    Kind,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Sector,
    Status,
)
from web.addresses import item_url, query_string
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.http.errors import STATUS
from web.layout import page
from web.wiring import Services
from web.writing import assisting, editing, entry_forms
from web.writing.entry_forms import EntryForm, EntryFormDep

router = APIRouter()

_PROJECTS = 300
_NEW = "/lessons/new"
_VOCABULARIES = {
    "knowledge_areas": KnowledgeArea,
    "phases": Phase,
    "approaches": Approach,
    "sectors": Sector,
    "polarities": Polarity,
    "priorities": Priority,
    "classifications": Classification,
}


@router.get(_NEW)
def begin(session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """An empty form, and what was begun before."""
    return _page(session, principal, EntryForm(), None)


@router.post(_NEW)
def create(form: EntryFormDep, services: ServicesDep, principal: PrincipalDep, runner: RunnerDep) -> Response:
    """Keep a new lesson; whatever prevents it, the form comes back as it was filled."""
    if form.accept or form.action == "check":
        return _checked(services, principal, form, None)
    try:
        with transaction(services.sessions) as session:
            entry = entry_forms.lesson(form)
            ref = editing.create(session, principal, entry, submit=form.action == "submit")
    except InvalidError as error:
        with services.sessions() as session:
            return _page(session, principal, form, None, error=error)
    runner.refresh()
    return _kept(ref, form)


@router.post("/lessons/check")
def check(
    form: EntryFormDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> HTMLResponse:
    """What is said of a lesson while it is typed: the part of its page that shows it."""
    try:
        checked = assisting.check(services, session, principal, entry_forms.lesson(form), form.ref)
    except InvalidError as error:
        return page("assist.html", checked=None, error=str(error))
    return page("assist.html", checked=checked, error="")


@router.get("/items/{ref:path}/edit")
def edit(
    ref: str, session: SessionDep, principal: PrincipalDep, saved: bool = Query(default=False)
) -> HTMLResponse:
    """The form of an item as it is."""
    entry, version = editing.entry(session, principal, ref)
    head = items.get(session, principal, ref).head
    form = entry_forms.of_entry(entry, version).model_copy(update={"ref": head.ref})
    return _page(session, principal, form, head, saved=saved)


@router.post("/items/{ref:path}/edit")
def change(
    ref: str, form: EntryFormDep, services: ServicesDep, principal: PrincipalDep, runner: RunnerDep
) -> Response:
    """Keep the next version of an item; whatever prevents it, the form comes back as it was filled."""
    with services.sessions() as session:
        head = items.get(session, principal, ref).head
    if form.accept or form.action == "check":
        return _checked(services, principal, form, head)
    try:
        with transaction(services.sessions) as session:
            entry = entry_forms.entry(form, head.kind)
            version = entry_forms.version(form)
            submit = form.action == "submit"
            editing.change(session, principal, head.ref, entry, version=version, submit=submit)
    except (InvalidError, ConflictError) as error:
        with services.sessions() as session:
            return _refused(session, principal, form, head, error)
    runner.refresh()
    return _kept(head.ref, form)


def _refused(
    session: Session,
    principal: Principal,
    form: EntryForm,
    head: ItemSummary,
    error: InvalidError | ConflictError,
) -> HTMLResponse:
    """The form with what was typed, and with what is stored where somebody else changed it."""
    entry, version = editing.entry(session, principal, head.ref)
    if form.version == str(version):
        return _page(session, principal, form, head, error=error)
    theirs = list(entry_forms.differences(form, entry_forms.of_entry(entry, version)))
    newer = form.model_copy(update={"version": str(version)})
    return _page(session, principal, newer, head, error=error, theirs=theirs)


def _checked(
    services: Services, principal: Principal, form: EntryForm, head: ItemSummary | None
) -> HTMLResponse:
    """The form as it was filled, with what is to be said of it."""
    filled = entry_forms.accepted(form)
    with services.sessions() as session:
        try:
            checked = assisting.check(services, session, principal, entry_forms.lesson(filled), filled.ref)
        except InvalidError as error:
            return _page(session, principal, filled, head, error=error)
        return _page(session, principal, filled, head, checked=checked)


def _kept(ref: str, form: EntryForm) -> RedirectResponse:
    """On to what was kept; the browser may forget what was typed."""
    draft = form.action == "draft"
    where = f"{item_url(ref)}/edit" if draft else item_url(ref)
    given = {"kept": form.typed[:40], "saved": "true" if draft else None}
    return RedirectResponse(where + query_string(given), status_code=303)


def _page(
    session: Session,
    principal: Principal,
    form: EntryForm,
    head: ItemSummary | None,
    *,
    error: InvalidError | ConflictError | None = None,
    **shown: Any,
) -> HTMLResponse:
    status = next((int(STATUS[kind]) for kind in type(error).__mro__ if kind in STATUS), 200)
    kind = head.kind if head else Kind.LESSON
    state = head.status if head else Status.DRAFT
    unsaid: dict[str, Any] = {"checked": None, "theirs": [], "saved": False}
    return page(
        "write.html",
        status=status,
        section=kind,
        form=form,
        item=head,
        kind=kind,
        unsubmitted=kind is Kind.LESSON and state in RULES[Move.SUBMIT].origins,
        reviewed=kind is Kind.LESSON and state in RULES[Move.EDIT].origins,
        error=str(error) if error else "",
        begun=drafts.mine(session, principal) if head is None else [],
        projects=[found.value for found in projects.listed(session, principal, offset=0, limit=_PROJECTS)],
        vocabularies=_VOCABULARIES,
        **(unsaid | shown),
    )
