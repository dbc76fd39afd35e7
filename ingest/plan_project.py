"""An adoption plan as Microsoft Project reads it (MSPDI, the XML format of Project 2003 and later)."""

from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from kb.adoption.calendars import Calendar
from kb.adoption.values import Plan, Stage, Step
from kb.vocabulary import label

NAMESPACE = "http://schemas.microsoft.com/project"
_HOURS = 8
_FIRST, _LUNCH, _BACK, _LAST = "08:00:00", "12:00:00", "13:00:00", "17:00:00"
_CALENDAR = 1
_DAYS = 7
"""Durations are shown in days."""
_NOT_EARLIER = 4


def write(plan: Plan) -> bytes:
    """*plan* with its calendar, stages as summary tasks, steps, what they wait for, and who does them.

    The order of elements is that of the format's schema: Project refuses another one.
    """
    root = Element("Project", {"xmlns": NAMESPACE})
    _add(root, "Name", plan.head.title)
    _add(root, "Title", plan.head.title)
    _add(root, "ScheduleFromStart", 1)
    _add(root, "StartDate", _at(plan.head.start, _FIRST))
    _add(root, "FinishDate", _at(plan.finish, _LAST))
    _add(root, "CalendarUID", _CALENDAR)
    _add(root, "MinutesPerDay", _HOURS * 60)
    _add(root, "MinutesPerWeek", _HOURS * 60 * len(plan.head.team.calendar.weekdays))
    _calendar(SubElement(root, "Calendars"), plan)
    names = list(dict.fromkeys(step.said.responsible for step in plan.steps if step.said.responsible))
    tasks = SubElement(root, "Tasks")
    for number, one in enumerate(_rows(plan), 1):
        if isinstance(one, Step):
            _task(tasks, one, number)
        else:
            _stage(tasks, one, number, plan)
    _resources(SubElement(root, "Resources"), names)
    _assignments(SubElement(root, "Assignments"), plan, names)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _rows(plan: Plan) -> Iterator[Step | Stage]:
    for stage in Stage:
        if steps := plan.of_stage(stage):
            yield stage
            yield from steps


def _calendar(parent: Element, plan: Plan) -> None:
    calendar = plan.head.team.calendar
    own = SubElement(parent, "Calendar")
    _add(own, "UID", _CALENDAR)
    _add(own, "Name", plan.head.team.name)
    _add(own, "IsBaseCalendar", 1)
    days = SubElement(own, "WeekDays")
    for number in range(1, 8):  # 1 is Sunday there
        day = SubElement(days, "WeekDay")
        works = (number - 2) % 7 in calendar.weekdays
        _add(day, "DayType", number)
        _add(day, "DayWorking", int(works))
        if works:
            times = SubElement(day, "WorkingTimes")
            for begin, end in ((_FIRST, _LUNCH), (_BACK, _LAST)):
                time = SubElement(times, "WorkingTime")
                _add(time, "FromTime", begin)
                _add(time, "ToTime", end)
    exceptions = SubElement(own, "Exceptions")
    for day in _days_off(calendar, plan):
        one = SubElement(exceptions, "Exception")
        _add(one, "EnteredByOccurrences", 0)
        period = SubElement(one, "TimePeriod")
        _add(period, "FromDate", _at(day, "00:00:00"))
        _add(period, "ToDate", _at(day, "23:59:00"))
        _add(one, "Occurrences", 1)
        _add(one, "Name", "Day off")
        _add(one, "Type", 1)
        _add(one, "DayWorking", 0)


def _days_off(calendar: Calendar, plan: Plan) -> Iterator[date]:
    """Days of the plan that the week alone would make working days."""
    for number in range((plan.finish - plan.head.start).days + 1):
        day = plan.head.start + timedelta(number)
        if day.weekday() in calendar.weekdays and not calendar.works(day):
            yield day


def _stage(parent: Element, stage: Stage, number: int, plan: Plan) -> None:
    steps = plan.of_stage(stage)
    task = SubElement(parent, "Task")
    _add(task, "UID", list(Stage).index(stage) + 1)
    _add(task, "ID", number)
    _add(task, "Name", label(stage))
    _add(task, "IsNull", 0)
    _add(task, "OutlineLevel", 1)
    _add(task, "Start", _at(min(step.slot.start for step in steps), _FIRST))
    _add(task, "Finish", _at(max(step.slot.finish for step in steps), _LAST))
    _add(task, "Summary", 1)


def _task(parent: Element, step: Step, number: int) -> None:
    said = step.said
    task = SubElement(parent, "Task")
    _add(task, "UID", _uid(step.number))
    _add(task, "ID", number)
    _add(task, "Name", said.title)
    _add(task, "Type", 1)
    _add(task, "IsNull", 0)
    _add(task, "OutlineLevel", 2)
    _add(task, "Start", _at(step.slot.start, _FIRST))
    _add(task, "Finish", _at(step.slot.finish, _LAST))
    _add(task, "Duration", _hours(said.days * _HOURS))
    _add(task, "DurationFormat", _DAYS)
    _add(task, "Work", _hours(said.effort * _HOURS))
    _add(task, "Summary", 0)
    _add(task, "Critical", int(step.critical))
    _add(task, "PercentComplete", round(100 * step.state.share))
    if step.done_on:
        _add(task, "ActualStart", _at(step.slot.start, _FIRST))
        _add(task, "ActualFinish", _at(step.done_on, _LAST))
    if said.not_before:
        _add(task, "ConstraintType", _NOT_EARLIER)
    _add(task, "CalendarUID", _CALENDAR)
    if said.not_before:
        _add(task, "ConstraintDate", _at(said.not_before, _FIRST))
    _add(task, "Notes", _notes(step))
    for other in said.after:
        link = SubElement(task, "PredecessorLink")
        _add(link, "PredecessorUID", _uid(other))
        _add(link, "Type", 1)
        _add(link, "LinkLag", said.lag * _HOURS * 600)  # tenths of minutes
        _add(link, "LagFormat", _DAYS)


def _notes(step: Step) -> str:
    return "\n".join(part for part in (step.said.text, step.said.origin) if part)


def _resources(parent: Element, names: list[str]) -> None:
    for number, name in enumerate(names, 1):
        one = SubElement(parent, "Resource")
        _add(one, "UID", number)
        _add(one, "ID", number)
        _add(one, "Name", name)
        _add(one, "Type", 1)


def _assignments(parent: Element, plan: Plan, names: list[str]) -> None:
    numbers = {name: number for number, name in enumerate(names, 1)}
    staffed = (step for step in plan.steps if step.said.responsible)
    for number, step in enumerate(staffed, 1):
        one = SubElement(parent, "Assignment")
        _add(one, "UID", number)
        _add(one, "TaskUID", _uid(step.number))
        _add(one, "ResourceUID", numbers[step.said.responsible])
        _add(one, "Start", _at(step.slot.start, _FIRST))
        _add(one, "Finish", _at(step.slot.finish, _LAST))
        _add(one, "Work", _hours(step.said.effort * _HOURS))


def _uid(number: int) -> int:
    """Of a step: beyond those of the stages."""
    return number + len(Stage)


def _at(day: date, time: str) -> str:
    return f"{day.isoformat()}T{time}"


def _hours(hours: float) -> str:
    minutes = round(hours * 60)
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _add(parent: Element, name: str, value: str | int) -> None:
    SubElement(parent, name).text = "".join(
        letter for letter in str(value) if letter >= " " or letter in "\n\t"
    )
