"""The pages of what people are to learn, completed, hold and have read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.access import Permission, Principal
from kb.learning import assignments, cpd, people, readings, records
from kb.learning import calendars as addresses
from kb.learning.records import CertificateDraft, CompletionDraft
from kb.learning.values import Activity, Result, Side
from kb.vocabulary import term
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.imports.uploads import FormDep as TableDep
from web.layout import page
from web.learning import calendars, crediting, following, importing
from web.learning.following import Learning
from web.pages.learners import Number
from web.writing import entered, form_values

router = APIRouter()

_MAX_FIELDS = 30


async def _entered(request: Request) -> dict[str, str]:
    return dict(await entered.pairs(request, _MAX_FIELDS))


FormDep = Annotated[dict[str, str], Depends(_entered)]
RecordNumber = Annotated[int, Path(ge=1, le=2**53)]
Wanted = Annotated[str, Query(max_length=60)]


@router.get("/learning")
def mine(
    session: SessionDep, principal: PrincipalDep, report: Wanted = "", held: Wanted = ""
) -> HTMLResponse:
    """One's own learning; *report* and *held* are what the forms ask about."""
    found = following.of_name(session, principal, principal.name)
    return _page(principal, found, report, held)


@router.get("/learners/{number}/learning")
def one(number: Number, session: SessionDep, principal: PrincipalDep, report: Wanted = "") -> HTMLResponse:
    """Somebody's learning; *report* is the training that the form asks about."""
    return _page(principal, following.of_number(session, principal, number), report)


@router.get("/learners/{number}/learning/cpd")
def development(
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    scheme: Annotated[str, Query(max_length=60)] = "",
    start: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """How somebody stands by the rules of a professional body."""
    first = form_values.day(start) if start else None
    found = crediting.credits_of(session, principal, people.known(session, principal, number), scheme, first)
    return page(
        "cpd.html",
        section="training",
        found=found,
        start=first,
        base=f"/learners/{number}/learning",
        activity_name=cpd.name,
        group=cpd.group,
    )


@router.get("/learners/{number}/learning/calendar.ics")
def calendar(number: Number, services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> Response:
    """What somebody has to do by a day, as a calendar."""
    person = people.known(session, principal, number)
    body = calendars.calendar(session, principal, person, services.settings.base)
    return Response(body, media_type=calendars.MEDIA_TYPE, headers=attachment("learning.ics"))


@router.get("/learning/import")
def importing_form() -> HTMLResponse:
    """A form that takes tables of completed training."""
    return page("learning_import.html", section="training", report=None, written=False)


@router.post("/learning/import")
def take(form: TableDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """What would become of the rows; once that was looked at, keep those that can be kept."""
    rows = importing.lines(form.folder, form.fields, services.settings.limits)
    written = form.fields.get("action") == "import"
    act = importing.take if written else importing.look
    report = act(session, principal, rows)
    return page("learning_import.html", section="training", report=report, written=written)


@router.get("/calendars/{token}.ics")
def feed(token: Annotated[str, Path(max_length=100)], services: ServicesDep, session: SessionDep) -> Response:
    """The same for calendar programs, which can't sign in: whoever knows the address may read it."""
    person, reader = addresses.of_token(session, token)
    body = calendars.calendar(session, reader, person, services.settings.base)
    return Response(body, media_type=calendars.MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


@router.post("/learning/calendar")
def address(services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """Make an address of one's calendar, which is shown this once."""
    token = addresses.renew(session, principal)
    return page(
        "calendar_address.html", section="training", url=f"{services.settings.base}/calendars/{token}.ics"
    )


@router.post("/learning/calendar/close")
def close(session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Let that address open nothing any more."""
    addresses.close(session, principal)
    return RedirectResponse("/learning", status_code=303)


def _page(principal: Principal, found: Learning, report: str, held: str = "") -> HTMLResponse:
    return page(
        "learning.html",
        section="training",
        found=found,
        own=found.person.name == principal.name,
        develops=principal.may(Permission.DEVELOP),
        report=report,
        held=held,
        activity_name=cpd.name,
        results=list(Result),
        activities=list(Activity),
        sides=list(Side),
        longest=records.MAX_TEXT,
        longest_title=records.MAX_TITLE,
        longest_number=records.MAX_NUMBER,
    )


@router.post("/learners/records")
def complete(form: FormDep, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Keep what somebody completed."""
    draft = CompletionDraft(
        form.get("learner", ""),
        form.get("training", ""),
        form.get("title", ""),
        form_values.day_if_any(form.get("dated", "")),
        form_values.number(form.get("hours", "")),
        term(Result, form.get("result", "")) or Result.COMPLETED,
        term(Activity, form.get("activity", "")),
        term(Side, form.get("side", "")),
        form.get("evidence", ""),
        form.get("reflection", ""),
    )
    return _back(records.complete(session, principal, draft).learner, "completed")


@router.post("/learners/certificates")
def certify(form: FormDep, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Keep a certificate."""
    draft = CertificateDraft(
        form.get("learner", ""),
        form_values.day(form.get("issued", "")),
        form.get("certification", ""),
        form.get("title", ""),
        form.get("number", ""),
        form_values.day_if_any(form.get("expires", "")),
        form.get("evidence", ""),
    )
    return _back(records.certify(session, principal, draft).learner, "certificates")


@router.post("/learners/records/{number}/confirm")
def confirm(number: RecordNumber, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Vouch for what somebody completed."""
    return _back(records.confirm(session, principal, number).learner, "completed")


@router.post("/learners/records/{number}/withdraw")
def withdraw(number: RecordNumber, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Take back what was completed."""
    learner = records.completion(session, principal, number).learner
    records.withdraw(session, principal, number)
    return _back(learner, "completed")


@router.post("/learners/certificates/{number}/confirm")
def confirm_certificate(
    number: RecordNumber, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Vouch for a certificate."""
    return _back(records.confirm_certificate(session, principal, number).learner, "certificates")


@router.post("/learners/certificates/{number}/renew")
def renew(
    number: RecordNumber, form: FormDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Note until when a certificate is renewed."""
    found = records.renew(session, principal, number, form_values.day(form.get("expires", "")))
    return _back(found.learner, "certificates")


@router.post("/learners/certificates/{number}/withdraw")
def withdraw_certificate(
    number: RecordNumber, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Take back a certificate."""
    learner = records.certificate(session, principal, number).learner
    records.withdraw_certificate(session, principal, number)
    return _back(learner, "certificates")


@router.post("/learners/readings")
def read(form: FormDep, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Keep that one has read something."""
    version = form_values.whole(form["version"]) if form.get("version", "").strip() else None
    return _back(readings.confirm(session, principal, form.get("ref", ""), version).learner, "read")


@router.post("/learners/assignments/{number}/begin")
def begin(number: RecordNumber, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Note that somebody has begun with what they are asked to learn."""
    return _back(assignments.begin(session, principal, number).learner, "to-do")


def _back(learner: int, place: str) -> RedirectResponse:
    return RedirectResponse(f"/learners/{learner}/learning#{place}", status_code=303)
