"""What people completed, hold and have read, over HTTP: each sees their own, those who develop people all."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from kb.learning import calendars as addresses
from kb.learning import cpd, people, readings, records, reminders
from kb.models import now
from web.api.items import Ref
from web.api.learners import Number
from web.api.problems import PROBLEMS, problems
from web.files.headers import attachment
from web.files.sheets import download
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.imports.uploads import UPLOAD_BODY, FormDep
from web.learning import calendars, crediting, following, importing, ledgers
from web.learning.credit_schemas import CreditsOut, SchemeOut
from web.learning.ledgers import Format
from web.learning.record_schemas import (
    AddressOut,
    CertificateIn,
    CertificateOut,
    CompletionIn,
    CompletionOut,
    ImportOut,
    LearningOut,
    ReadingIn,
    ReadingOut,
    ReminderOut,
    RenewalIn,
)

router = APIRouter(tags=["Learning"], responses=PROBLEMS)

RecordNumber = Annotated[int, Path(ge=1, le=2**53, description="The record's number.")]


@router.get(
    "/learners/{number}/learning",
    operation_id="get_learning",
    summary="Read somebody's learning",
    responses=problems(404),
)
def one(number: Number, session: SessionDep, principal: PrincipalDep) -> LearningOut:
    """What somebody is to learn, completed, holds and has read."""
    return LearningOut.of(following.of_number(session, principal, number))


@router.get("/my-learning", operation_id="get_my_learning", summary="Read your own learning")
def mine(session: SessionDep, principal: PrincipalDep) -> LearningOut:
    """What you are to learn, completed, hold and have read."""
    return LearningOut.of(following.of_name(session, principal, principal.name))


@router.get(
    "/learners/{number}/cpd",
    operation_id="get_professional_development",
    summary="Read somebody's hours of professional development",
    responses=problems(404),
)
def development(
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    scheme: Annotated[
        str, Query(max_length=60, description="Its key; that of a certificate of theirs unless said.")
    ] = "",
    start: Annotated[
        date | None, Query(description="The first day of the cycle; that of today unless said.")
    ] = None,
) -> CreditsOut:
    """What counts and what is missing by a professional body's rules, as published; check with the body."""
    person = people.known(session, principal, number)
    return CreditsOut.of(crediting.credits_of(session, principal, person, scheme, start))


@router.get(
    "/learners/{number}/reminders",
    operation_id="list_reminders",
    summary="List what somebody has to do soon",
    responses=problems(404),
)
def due(
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    days: Annotated[int, Query(ge=0, le=3660, description="How many days ahead.")] = 30,
) -> list[ReminderOut]:
    """What is overdue, or to be learned, read or renewed within so many days; the earliest first."""
    person, today = people.known(session, principal, number), now().date()
    found = reminders.of(session, principal, person.number, today + timedelta(days + 1))
    return [ReminderOut.of(one, today) for one in found]


@router.get(
    "/learners/{number}/calendar",
    operation_id="get_calendar",
    summary="Read somebody's learning as a calendar",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}, **problems(404)},
)
def calendar(number: Number, services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> Response:
    """What somebody has to do by a day, as all-day events (iCalendar)."""
    person = people.known(session, principal, number)
    body = calendars.calendar(session, principal, person, services.settings.base)
    return Response(body, media_type=calendars.MEDIA_TYPE)


@router.post(
    "/my-learning/calendar-address",
    status_code=201,
    operation_id="open_calendar",
    summary="Make an address of your calendar",
    responses=problems(404),
)
def address(services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> AddressOut:
    """Make an address that calendar programs read without signing in, instead of the one before."""
    return AddressOut(url=f"{services.settings.base}/calendars/{addresses.renew(session, principal)}.ics")


@router.delete(
    "/my-learning/calendar-address",
    status_code=204,
    operation_id="close_calendar",
    summary="Close the address of your calendar",
    responses=problems(404),
)
def close(session: SessionDep, principal: PrincipalDep) -> Response:
    """Let no address open your calendar any more."""
    addresses.close(session, principal)
    return Response(status_code=204)


@router.get(
    "/cpd-schemes",
    operation_id="list_cpd_schemes",
    summary="List rules of professional bodies",
)
def schemes() -> list[SchemeOut]:
    """What bodies ask of those who hold their certificates, as published; check with the body."""
    return [SchemeOut.of(one) for one in cpd.schemes()]


@router.post(
    "/learning-records",
    status_code=201,
    operation_id="record_learning",
    summary="Keep what somebody completed",
    responses=problems(404),
)
def complete(wanted: CompletionIn, session: SessionDep, principal: PrincipalDep) -> CompletionOut:
    """Keep your own, or that of somebody whom you develop; the latter is confirmed thereby."""
    return CompletionOut.model_validate(records.complete(session, principal, wanted.draft()))


@router.get(
    "/learning-records/export",
    operation_id="export_learning_records",
    summary="Export learning records",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}, "application/json": {}}}, **problems(404)},
)
def export(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[Format, Query(description="A table, or xAPI statements.")] = Format.CSV,
    learner: Annotated[
        int | None, Query(ge=1, le=2**53, description="Of this learner; of all whom you may see unless said.")
    ] = None,
) -> Response:
    """What people completed, hold and have read: as a table, or as statements for a learning record store."""
    person = people.known(session, principal, learner) if learner else None
    found = ledgers.gathered(session, principal, person)
    if wanted is Format.CSV:
        return download(ledgers.sheet(found))
    body = ledgers.xapi(found, services.settings.base)
    return Response(body, media_type="application/json", headers=attachment("statements.json"))


@router.post(
    "/learning-records/imports",
    operation_id="import_learning_records",
    summary="Import completed training",
    openapi_extra=UPLOAD_BODY,
    responses=problems(404, 413, 415),
)
def take(
    form: FormDep,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    dry_run: Annotated[bool, Query(description="Only tell what would become of each row.")] = False,
) -> ImportOut:
    """Keep each row of tables (CSV or Excel) that can be kept; what can't is told row by row."""
    rows = importing.lines(form.folder, form.fields, services.settings.limits)
    act = importing.look if dry_run else importing.take
    return ImportOut.of(act(session, principal, rows))


@router.post(
    "/learning-records/{number}/confirmation",
    operation_id="confirm_learning",
    summary="Confirm what somebody completed",
    responses=problems(404, 409),
)
def confirm(number: RecordNumber, session: SessionDep, principal: PrincipalDep) -> CompletionOut:
    """Vouch for it as somebody who develops them; nobody confirms their own."""
    return CompletionOut.model_validate(records.confirm(session, principal, number))


@router.delete(
    "/learning-records/{number}",
    status_code=204,
    operation_id="withdraw_learning",
    summary="Take back what was completed",
    responses=problems(404, 409),
)
def withdraw(number: RecordNumber, session: SessionDep, principal: PrincipalDep) -> Response:
    """Take it back; your own only while nobody has confirmed it."""
    records.withdraw(session, principal, number)
    return Response(status_code=204)


@router.post(
    "/certificates",
    status_code=201,
    operation_id="keep_certificate",
    summary="Keep a certificate",
    responses=problems(404),
)
def certify(wanted: CertificateIn, session: SessionDep, principal: PrincipalDep) -> CertificateOut:
    """Keep your own, or that of somebody whom you develop; the latter is confirmed thereby."""
    return CertificateOut.model_validate(records.certify(session, principal, wanted.draft()))


@router.patch(
    "/certificates/{number}",
    operation_id="renew_certificate",
    summary="Renew a certificate",
    responses=problems(404),
)
def renew(
    number: RecordNumber, wanted: RenewalIn, session: SessionDep, principal: PrincipalDep
) -> CertificateOut:
    """Note until when it is renewed; it has to be confirmed anew."""
    return CertificateOut.model_validate(records.renew(session, principal, number, wanted.expires))


@router.post(
    "/certificates/{number}/confirmation",
    operation_id="confirm_certificate",
    summary="Confirm a certificate",
    responses=problems(404, 409),
)
def confirm_certificate(number: RecordNumber, session: SessionDep, principal: PrincipalDep) -> CertificateOut:
    """Vouch for it as somebody who develops its holder; nobody confirms their own."""
    return CertificateOut.model_validate(records.confirm_certificate(session, principal, number))


@router.delete(
    "/certificates/{number}",
    status_code=204,
    operation_id="withdraw_certificate",
    summary="Take back a certificate",
    responses=problems(404, 409),
)
def withdraw_certificate(number: RecordNumber, session: SessionDep, principal: PrincipalDep) -> Response:
    """Take it back; your own only while nobody has confirmed it."""
    records.withdraw_certificate(session, principal, number)
    return Response(status_code=204)


@router.post(
    "/items/{ref:path}/readings",
    status_code=201,
    operation_id="confirm_reading",
    summary="Confirm that you have read an item",
    responses=problems(404),
)
def read(ref: Ref, wanted: ReadingIn, session: SessionDep, principal: PrincipalDep) -> ReadingOut:
    """Keep that you have read it, in its newest version unless you say another."""
    return ReadingOut.model_validate(readings.confirm(session, principal, ref, wanted.version))
