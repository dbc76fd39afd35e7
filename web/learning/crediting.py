"""Hours of continuing professional development by bodies' rules, for pages, API and command line."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.learning import cpd, records
from kb.learning.cpd import Line, Scheme, Standing
from kb.learning.people import Known
from kb.models import now
from web.pictures import bars
from web.pictures.bars import Bars, Part, Row

_WITHOUT = "apm"
"""The scheme that is shown of somebody without a certificate of any."""


@dataclass(frozen=True, slots=True)
class Credits:
    """How somebody stands in a cycle of a scheme."""

    person: Known
    standing: Standing
    schemes: tuple[Scheme, ...]
    """All that are known; those of their certificates come first."""
    picture: Bars


def credits_of(
    session: Session, principal: Principal, person: Known, scheme: str = "", start: date | None = None
) -> Credits:
    """How *person* stands by the scheme of that key, or else by that of a certificate of theirs.

    In the cycle of today, or in the one that begins on *start*. Raises NotFoundError for an unknown scheme.
    """
    today = now().date()
    held = [one for one in records.certificates(session, principal, person.number) if one.held(today)]
    theirs = [one for one in cpd.schemes() if any(one.names(each.subject.title) for each in held)]
    chosen = cpd.scheme(scheme or (theirs[0].key if theirs else _WITHOUT))
    found = cpd.standing(chosen, records.completions(session, principal, person.number), held, today, start)
    every = tuple(dict.fromkeys((*theirs, *cpd.schemes())))
    return Credits(person, found, every, _picture(found))


def _picture(found: Standing) -> Bars:
    whole = Part(found.total, "done", f"In all: {found.total:g} of {found.scheme.total:g}")
    rows = [Row("In all", (whole,), goal=found.scheme.total)]
    return bars.draw([*rows, *(_row(line) for line in found.lines)])


def _row(line: Line) -> Row:
    rule, over = line.rule, line.hours - line.counted
    parts = (
        Part(line.counted, "done", f"{rule.name}: {line.counted:g}"),
        Part(over, "beyond", f"{rule.name}: {over:g} beyond what counts"),
    )
    return Row(rule.name, parts, goal=rule.least if rule.least is not None else rule.most)
