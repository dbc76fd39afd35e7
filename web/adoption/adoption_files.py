"""Adoption plans as files to take away."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from ingest import form_document, formats, plan_calendar, plan_project, workbook
from ingest.noted import plain
from ingest.workbook import Cell, Table
from kb.adoption.barriers import CHECKS
from kb.adoption.values import Barrier, Height, Plan, Source, Stage, Step
from kb.forms import Form, Head
from kb.vocabulary import TemplateForm, label
from web.wording import day, plural


class Format(StrEnum):
    """Formats of plans; also how their files end."""

    WORD = "docx"
    EXCEL = "xlsx"
    CALENDAR = "ics"
    PROJECT = "xml"


MEDIA_TYPES = {
    Format.WORD: formats.media_type(formats.Format.WORD),
    Format.EXCEL: formats.media_type(formats.Format.EXCEL),
    Format.CALENDAR: "text/calendar; charset=utf-8",
    Format.PROJECT: "application/xml",
}
_COLUMNS = (
    "Number",
    "Stage",
    "Step",
    "How",
    "Responsible",
    "Person-days",
    "Working days",
    "From",
    "Due",
    "Waits for",
    "Critical",
    "State",
    "Done on",
    "Evidence",
    "Source",
)


def write(plan: Plan, wanted: Format) -> bytes:
    """The plan as a file."""
    if wanted is Format.WORD:
        return _word(plan)
    if wanted is Format.EXCEL:
        return workbook.write_all(_tables(plan))
    return plan_calendar.write(plan) if wanted is Format.CALENDAR else plan_project.write(plan)


def file_name(plan: Plan, wanted: Format) -> str:
    """What the file is called."""
    return f"adoption-plan-{plan.head.code}.{wanted}"


def _tables(plan: Plan) -> Iterator[Table]:
    numbers = plan.places
    yield Table("Steps", _COLUMNS, [_row(step, numbers) for step in plan.steps])
    readings: list[tuple[Cell, ...]] = []
    for kpi in plan.kpis:
        base = (kpi.said.name, kpi.said.baseline, kpi.said.target)
        source = _cited(kpi.said.source)
        readings += [(*base, one.day, one.value, one.note, source) for one in kpi.readings] or [
            (*base, None, "", "", source)
        ]
    yield Table("Figures", ("Figure", "Baseline", "Target", "Day", "Reading", "Note", "Source"), readings)
    answers = [
        (label(barrier), check.question, label(plan.barriers.get(barrier, "not answered")), check.counter)
        for barrier, check in CHECKS.items()
    ]
    yield Table("Barriers", ("Barrier", "Question", "Height", "Counter-measure"), answers)


def _row(step: Step, numbers: dict[int, int]) -> tuple[Cell, ...]:
    said = step.said
    return (
        numbers[step.number],
        label(said.stage),
        said.title,
        said.text,
        said.responsible,
        said.effort,
        said.days,
        step.slot.start,
        step.slot.finish,
        ", ".join(str(numbers[other]) for other in said.after),
        "yes" if step.critical else "",
        label(step.state),
        step.done_on,
        step.evidence,
        _cited(said.source),
    )


def _word(plan: Plan) -> bytes:
    head = Head(
        ref=plan.head.code,
        title=plan.head.title,
        summary=f"Adoption plan of {plan.head.team.name}, {day(plan.head.start)} to {day(plan.finish)}",
        version=1,
        owner=plan.head.owner,
        dated=plan.head.start,
        language="en",
    )
    body = "\n\n".join(_parts(plan)) + "\n"
    return form_document.write(head, Form(TemplateForm.DOCUMENT, ()), (), body)


def _parts(plan: Plan) -> Iterator[str]:
    yield _facts(plan)
    numbers = plan.places
    for stage in Stage:
        steps = plan.of_stage(stage)
        if steps:
            yield f"## {label(stage)}"
            yield _table(
                ("No.", "Step", "Responsible", "Person-days", "From", "Due", "State"),
                (
                    (
                        str(numbers[step.number]),
                        step.said.title,
                        step.said.responsible,
                        f"{step.said.effort:g}",
                        day(step.slot.start),
                        day(step.slot.finish),
                        label(step.state),
                    )
                    for step in steps
                ),
            )
    if plan.kpis:
        yield "## Figures"
        yield _table(
            ("Figure", "Baseline", "Target", "Last reading"),
            (
                (
                    kpi.said.name,
                    kpi.said.baseline,
                    kpi.said.target,
                    f"{kpi.readings[-1].value}, {day(kpi.readings[-1].day)}" if kpi.readings else "",
                )
                for kpi in plan.kpis
            ),
        )
    yield "## What might stand in the way"
    yield _table(
        ("Barrier", "Question", "Answer"),
        ((label(one), CHECKS[one].question, _answer(plan, one)) for one in CHECKS),
    )
    yield "## The steps in full"
    for step in plan.steps:
        yield f"### {numbers[step.number]}. {plain(step.said.title)}"
        waits = ", ".join(str(numbers[other]) for other in step.said.after)
        if step.said.text:
            yield plain(step.said.text)
        yield f"Source: {plain(_cited(step.said.source))}." + (f" Waits for {waits}." if waits else "")


def _facts(plan: Plan) -> str:
    critical = sum(step.critical for step in plan.steps)
    return _table(
        ("Adoption plan", ""),
        (
            ("Practices", ", ".join(plan.head.practices)),
            ("Team", f"{plan.head.team.name}, {plural(plan.head.team.size, 'person', 'people')}"),
            ("First and last day", f"{day(plan.head.start)} to {day(plan.finish)}"),
            ("Effort", f"{plan.effort:.1f} person-days"),
            ("Steps", f"{plan.head.steps}, of which {critical} on the critical path"),
            ("Done", f"{plan.progress:.0%} of the effort"),
            ("Owner", plan.head.owner),
            ("Classification", label(plan.head.classification)),
        ),
    )


def _answer(plan: Plan, barrier: Barrier) -> str:
    check = CHECKS[barrier]
    said = {Height.LOW: check.low, Height.SOME: check.some, Height.HIGH: check.high}
    height = plan.barriers.get(barrier)
    return said[height] if height else "Not answered"


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = (plain(" ".join(cell.split())).replace("|", "\\|") for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cited(source: Source | None) -> str:
    return str(source) if source else "the consultant's own"
