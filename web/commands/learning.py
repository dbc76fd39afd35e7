"""What people learn and have learned, on the command line."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from web.learning.following import Learning

T = TypeVar("T", bound=StrEnum)

Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it was over; today unless said.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def learning(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name; yourself unless said.")] = "",
    json: Json = False,
) -> None:
    """Show what somebody is to learn, completed, holds and has read."""
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import following
    from web.learning.record_schemas import LearningOut

    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        found = following.of_name(session, who, name or who.name)
    if json:
        give_json(LearningOut.of(found).model_dump(mode="json"))
        return
    for line in _lines(found):
        out().print(plain(line), markup=False)


def _lines(found: "Learning") -> Iterator[str]:
    for one in found.to_do:
        due = f", due {one.due}" if one.due else ""
        yield f"to do        {one.number}  {one.subject.title} ({one.progress(found.today)}{due})"
    for one in found.completions:
        vouched = f", confirmed by {one.confirmed.by}" if one.confirmed else ""
        yield f"completed    {one.number}  {one.dated}  {one.subject.title} ({one.result}{vouched})"
    for one in found.certificates:
        until = f" until {one.expires}" if one.expires else ""
        yield f"certificate  {one.number}  {one.issued}{until}  {one.subject.title} {one.code}"
    for one in found.readings:
        yield f"read         {one.at.date()}  {one.subject.title}, version {one.version}"


def complete(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name.")],
    training: Annotated[str, typer.Argument(help="Reference of the training; or its title.")],
    dated: Day = None,
    hours: Annotated[
        float | None, typer.Option(min=0, help="Hours; those of the training unless said.")
    ] = None,
    result: Annotated[str, typer.Option(help="completed, passed or failed.")] = "completed",
    activity: Annotated[str, typer.Option(help="Way of learning; `kb learner cpd --help` names them.")] = "",
    side: Annotated[
        str, typer.Option(help="ways_of_working, power_skills or business_acumen (PMI's Talent Triangle).")
    ] = "",
    evidence: Annotated[str, typer.Option(help="A link, or where it is.")] = "",
    reflection: Annotated[str, typer.Option(help="What was learned, and what came of it.")] = "",
    json: Json = False,
) -> None:
    """Keep what somebody completed; a title is for what is not in the catalogue."""
    from kb.database import transaction
    from kb.learning import records
    from kb.learning.records import CompletionDraft
    from kb.learning.values import Activity, Result, Side
    from web.console.terminal import existing, give_json, out, person
    from web.learning.record_schemas import CompletionOut

    known = _is_reference(training)
    draft = CompletionDraft(
        name,
        training if known else "",
        "" if known else training,
        dated.date() if dated else None,
        hours,
        _term(Result, result, "--result") or Result.COMPLETED,
        _term(Activity, activity, "--activity"),
        _term(Side, side, "--side"),
        evidence,
        reflection,
    )
    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept = records.complete(session, person(services), draft)
    if json:
        give_json(CompletionOut.model_validate(kept).model_dump(mode="json"))
        return
    out().print(f"{kept.number}  {kept.name}: {kept.subject.title}, {kept.dated}", markup=False)


def certificate(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name.")],
    certification: Annotated[str, typer.Argument(help="Reference of the certification; or its title.")],
    issued: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it was given.")],
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day by which it has to be renewed.")
    ] = None,
    number: Annotated[str, typer.Option(help="The number that the body gave it.")] = "",
    evidence: Annotated[str, typer.Option(help="A link, or where it is.")] = "",
    json: Json = False,
) -> None:
    """Keep a certificate that somebody was given."""
    from kb.database import transaction
    from kb.learning import records
    from kb.learning.records import CertificateDraft
    from web.console.terminal import existing, give_json, out, person
    from web.learning.record_schemas import CertificateOut

    known = _is_reference(certification)
    draft = CertificateDraft(
        name,
        issued.date(),
        certification if known else "",
        "" if known else certification,
        number,
        expires.date() if expires else None,
        evidence,
    )
    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept = records.certify(session, person(services), draft)
    if json:
        give_json(CertificateOut.model_validate(kept).model_dump(mode="json"))
        return
    until = f" until {kept.expires}" if kept.expires else ""
    out().print(f"{kept.number}  {kept.name}: {kept.subject.title}{until}", markup=False)


def confirm(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="The record's number, as `kb learner learning` tells it.")],
    held: Annotated[bool, typer.Option("--certificate", help="It is a certificate's number.")] = False,
) -> None:
    """Vouch for what somebody else completed or holds."""
    from kb.database import transaction
    from kb.learning import records
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        vouch = records.confirm_certificate if held else records.confirm
        kept = vouch(session, person(services), number)
    out().print(f"Confirmed: {kept.subject.title} of {kept.name}.", markup=False)


def assign(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    items: Annotated[
        list[str] | None, typer.Argument(help="References of training, or of what is to be read.")
    ] = None,
    to: Annotated[list[str] | None, typer.Option(help="A person, by name; may be repeated.")] = None,
    team: Annotated[str, typer.Option(help="A team, which becomes a cohort.")] = "",
    cohort: Annotated[str, typer.Option(help="A cohort, by name.")] = "",
    due: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day by which it is to be done.")
    ] = None,
    path: Annotated[str, typer.Option(help="Title of the learning path that the items are, in order.")] = "",
    kept: Annotated[str, typer.Option(help="Code of a kept learning path, instead of items.")] = "",
    json: Json = False,
) -> None:
    """Ask people to learn from training or to read something."""
    from kb.database import transaction
    from kb.learning import assignments
    from kb.learning.assignments import AssignmentDraft
    from kb.models import now
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning.record_schemas import AssignedOut

    draft = AssignmentDraft(
        tuple(items or ()), tuple(to or ()), team, cohort, due.date() if due else None, path, kept
    )
    with existing(context.obj) as services, transaction(services.sessions) as session:
        found = assignments.assign(session, person(services), draft)
    if json:
        give_json([AssignedOut.of(one, now().date()).model_dump(mode="json") for one in found])
        return
    for one in found:
        until = f", due {one.due}" if one.due else ""
        out().print(plain(f"{one.number}  {one.name}: {one.subject.title}{until}"), markup=False)


def begin(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(help="The assignment's number, as `kb learner learning` tells it.")
    ],
) -> None:
    """Note that somebody has begun with what they are asked to learn."""
    from kb.database import transaction
    from kb.learning import assignments
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        one = assignments.begin(session, person(services), number)
    out().print(f"{one.name} has begun with {one.subject.title}.", markup=False)


def readers(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The reference of what was to be read.")],
    json: Json = False,
) -> None:
    """Show who has read something, and who has not yet."""
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import cohorts
    from web.learning.record_schemas import ReaderOut

    with existing(context.obj) as services, services.sessions() as session:
        found = cohorts.readers(session, person(services), ref)
    if json:
        give_json([ReaderOut.model_validate(one).model_dump(mode="json") for one in found])
        return
    for one in found:
        said = "not yet" if one.missing else f"version {one.version}, {one.at:%Y-%m-%d}"
        out().print(plain(f"{one.name}: {said}"), markup=False)


def read(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The reference of what you have read.")],
    version: Annotated[int | None, typer.Option(min=1, help="The newest unless said.")] = None,
) -> None:
    """Confirm that you have read something."""
    from kb.database import transaction
    from kb.learning import readings
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept = readings.confirm(session, person(services), ref, version)
    out().print(f"{kept.name} has read version {kept.version} of {kept.subject.title}.", markup=False)


def cpd(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name; yourself unless said.")] = "",
    scheme: Annotated[
        str, typer.Option(help="pmi-60, pmi-30, pmi-15 or apm; that of a certificate unless said.")
    ] = "",
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day of the cycle."),
    ] = None,
    json: Json = False,
) -> None:
    """Show hours of professional development by a body's rules, as published; check with the body.

    Ways of learning: course, event, media, reading, informal; giving back: practitioner, content,
    presentation, knowledge, volunteer.
    """
    from kb.learning import people
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import crediting
    from web.learning.credit_schemas import CreditsOut

    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        known = people.known_by_name(session, who, name or who.name)
        found = crediting.credits_of(session, who, known, scheme, start.date() if start else None)
    if json:
        give_json(CreditsOut.of(found).model_dump(mode="json"))
        return
    told, rules = found.standing, found.standing.scheme
    lines = [f"{rules.name}, {told.start} to {told.end}: {told.total:g} of {rules.total:g} {rules.unit}"]
    lines += [f"  {line.counted:g}  {line.rule.name}" for line in told.lines]
    lines += [f"missing: {one}" for one in told.missing]
    lines.append(f"As published, checked on {rules.checked}: {rules.url}")
    for line in lines:
        out().print(plain(line), markup=False)


def reminders(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name; yourself unless said.")] = "",
    days: Annotated[int, typer.Option(min=0, help="How many days ahead.")] = 30,
    json: Json = False,
) -> None:
    """Show what is overdue, or to be learned, read or renewed within so many days."""
    from datetime import timedelta

    from kb.learning import people, reminders
    from kb.learning.reminders import WORDS
    from kb.models import now
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning.record_schemas import ReminderOut

    today = now().date()
    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        known = people.known_by_name(session, who, name or who.name)
        found = reminders.of(session, who, known.number, today + timedelta(days + 1))
    if json:
        give_json([ReminderOut.of(one, today).model_dump(mode="json") for one in found])
        return
    for one in found:
        late = "  late" if one.late(today) else ""
        out().print(plain(f"{one.day}  {WORDS[one.cause]}: {one.subject.title}{late}"), markup=False)


def calendar(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to be written, x.ics.")],
) -> None:
    """Write what somebody has to do by a day as a calendar (iCalendar)."""
    from kb.learning import people
    from web.console.terminal import existing, out, person, save
    from web.learning import calendars

    with existing(context.obj) as services, services.sessions() as session:
        known = people.known_by_name(session, person(services), name)
        save(output, [calendars.calendar(session, person(services), known, services.settings.base)])
    out().print(f"{output} holds the calendar of {known.name}.", markup=False)


def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to be written.")],
    name: Annotated[str, typer.Argument(help="The person, by name; everybody unless said.")] = "",
    xapi: Annotated[bool, typer.Option("--xapi", help="Statements instead of a table (xAPI 1.0.3).")] = False,
) -> None:
    """Write what people completed, hold and have read as CSV, or as xAPI statements."""
    from kb.learning import people
    from web.console.terminal import existing, out, person, save
    from web.learning import ledgers

    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        known = people.known_by_name(session, who, name) if name else None
        found = ledgers.gathered(session, who, known)
        save(output, [ledgers.xapi(found, services.settings.base)] if xapi else ledgers.sheet(found).csv())
    out().print(f"{output} holds the learning records of {found.person.name}.", markup=False)


def take(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV or Excel files.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    json: Json = False,
) -> None:
    """Import past completions from tables; faulty rows are left out and named."""
    from ingest import completions
    from kb.database import transaction
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import importing
    from web.learning.importing import Fate
    from web.learning.record_schemas import ImportOut

    act = importing.look if dry_run else importing.take
    with existing(context.obj) as services:
        rows = [line for path in files for line in completions.read(path, services.settings.limits)]
        with transaction(services.sessions) as session:
            report = act(session, person(services), rows)
    if json:
        give_json(ImportOut.of(report).model_dump(mode="json"))
        return
    for one in report.rows:
        if one.fate is Fate.FAULTY:
            out().print(plain(f"row {one.line.number}: {one.fault}"), markup=False)
    counts = [report.count(fate) for fate in Fate]
    would = "would be kept" if dry_run else "kept"
    out().print(f"{counts[0]} {would}, {counts[1]} kept before, {counts[2]} faulty.", markup=False)


def _is_reference(text: str) -> bool:
    from kb.text import REFERENCE

    return REFERENCE.fullmatch(text.strip().upper()) is not None


def _term(vocabulary: type[T], text: str, option: str) -> T | None:
    from kb.vocabulary import term

    found = term(vocabulary, text)
    if text and found is None:
        raise typer.BadParameter(f"Choose {', '.join(vocabulary)}.", param_hint=option)
    return found
