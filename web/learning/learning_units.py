"""Learning units for pages, API and command line: drawn from lessons, published, taken away."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field
from sqlalchemy.orm import Session

from ingest import composed, noted
from ingest import units as drawing
from ingest.composed import LessonEntry
from ingest.units import Question
from kb import drafts, items
from kb.access import Permission, Principal, require
from kb.errors import InvalidError, UnavailableError
from kb.items import ItemDetail
from kb.learning import units
from kb.learning.units import Standing, Unit
from kb.values import TrainingFields
from kb.vocabulary import FacetName, Kind, Status
from search import answering
from search.suggesting import Subject
from web.addresses import item_url
from web.schemas import ItemOut, Out
from web.wiring import Services
from web.writing import assisting

STANDINGS = {
    Standing.CURRENT: "",
    Standing.CHANGED: "The lesson says something else since.",
    Standing.OUT_OF_USE: "The lesson is out of use: it was superseded, rejected or withdrawn.",
    Standing.UNSEEN: "You may not read the lesson that it was drawn from.",
}
"""What a unit is marked with."""
_COMPETENCES = 2
"""Given to the unit of a lesson that names none."""
_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\~=#{}:"})
"""What means something in GIFT."""


class Format(StrEnum):
    """Formats of units; also how their files end."""

    MARKDOWN = "md"
    GIFT = "gift"


MEDIA_TYPES = {Format.MARKDOWN: "text/markdown; charset=utf-8", Format.GIFT: "text/plain; charset=utf-8"}


class UnitOut(Out):
    """A learning unit and the lesson that it was drawn from."""

    item: ItemOut
    lesson: ItemOut | None = Field(description="None when you may not read it.")
    version: int = Field(description="Of the lesson, whose words the unit has.")
    standing: Standing = Field(description="How the lesson stands since.")
    mark: str = Field(description="The same as a sentence; empty when there is nothing to say.")
    edit_url: str = Field(description="The page where it is edited.")

    @staticmethod
    def of(unit: Unit) -> "UnitOut":
        """From a unit."""
        return UnitOut(
            item=ItemOut.of(unit.item),
            lesson=ItemOut.of(unit.lesson) if unit.lesson else None,
            version=unit.version,
            standing=unit.standing,
            mark=STANDINGS[unit.standing],
            edit_url=f"{item_url(unit.item.ref)}/edit",
        )


@dataclass(frozen=True, slots=True)
class Beside:
    """What the page of an item tells of units."""

    own: UnitOut | None
    """The item itself, when it is a unit."""
    drawn: list[UnitOut]
    """The units drawn from it, when it is a lesson."""
    may_draw: bool
    may_publish: bool


def draw(services: Services, session: Session, principal: Principal, ref: str) -> UnitOut:
    """Make the draft of a unit out of the lesson *ref*.

    Raises NotFoundError for those who may not edit training, InvalidError for what tells no case,
    ConflictError for a lesson that is out of use or not handed in.
    """
    require(principal, Permission.EDIT)
    lesson = items.get(session, principal, ref)
    named = lesson.facets.get(FacetName.COMPETENCE) or _competences(services, session, principal, lesson)
    made = units.keep(session, principal, lesson, drawing.draft(lesson, named))
    return UnitOut.of(units.get(session, principal, made))


def beside(session: Session, principal: Principal, item: ItemDetail) -> Beside | None:
    """What the page of *item* tells of units; None of a kind that has none."""
    if item.head.kind not in (Kind.LESSON, Kind.TRAINING):
        return None
    edits, live = principal.may(Permission.EDIT), item.withdrawn_at is None
    if item.head.kind is Kind.LESSON:
        drawn = [UnitOut.of(unit) for unit in units.of_lesson(session, principal, item.head.id)]
        return Beside(None, drawn, edits and live, may_publish=False)
    unit = units.of_item(session, principal, item.head.id)
    if unit is None:
        return None
    waits = unit.item.status is Status.DRAFT and unit.standing is not Standing.OUT_OF_USE
    return Beside(UnitOut.of(unit), [], may_draw=False, may_publish=edits and live and waits)


def of_lesson(session: Session, principal: Principal, ref: str) -> list[UnitOut]:
    """The units that were drawn from the lesson *ref*. Raises NotFoundError."""
    lesson = items.get(session, principal, ref).head.id
    return [UnitOut.of(unit) for unit in units.of_lesson(session, principal, lesson)]


def write(session: Session, principal: Principal, ref: str, wanted: Format) -> bytes:
    """A unit as a file. Raises NotFoundError, InvalidError for what is no unit or has no question left."""
    unit = items.get(session, principal, units.get(session, principal, ref).item.ref)
    if wanted is Format.MARKDOWN:
        return "\n".join(_markdown(unit)).encode()
    asked = drawing.questions(unit.body)
    if not asked:
        raise InvalidError(
            f"{unit.head.ref} has no question any more: give it the headings “Question” and “Answer”."
        )
    return "\n\n".join(_gift(unit, number, one) for number, one in enumerate(asked, start=1)).encode() + b"\n"


def _competences(
    services: Services, session: Session, principal: Principal, lesson: ItemDetail
) -> Sequence[str]:
    """For a lesson that names none: what training that answers it teaches most of, else what is suggested.

    None without an index.
    """
    with suppress(UnavailableError):
        for one in answering.answering(services.search(), session, principal, lesson.head.ref):
            training = items.get(session, principal, one.item.ref).fields
            if isinstance(training, TrainingFields) and training.competences:
                most = sorted(training.competences, key=lambda taught: -taught.level)
                return [taught.name for taught in most][:_COMPETENCES]
        entry = composed.entry(drafts.of_item(session, principal, lesson.head.ref))
        if isinstance(entry, LessonEntry):
            found = assisting.check(services, session, principal, entry, lesson.head.ref).suggestions
            return [one.value for one in found if one.subject is Subject.COMPETENCE][:_COMPETENCES]
    return ()


def _markdown(unit: ItemDetail) -> Iterator[str]:
    yield f"# {noted.plain(unit.head.title)}"
    yield ""
    yield unit.body
    if unit.citation and unit.citation not in unit.body:
        yield from ("", f"Drawn from: {noted.plain(unit.citation)}")
    yield ""


def _gift(unit: ItemDetail, number: int, one: Question) -> str:
    """An essay question in Moodle's GIFT with the answer as general feedback.

    No blank line may stand in a question, so line ends are written as a backslash and an n.
    """
    told = drawing.case(unit.body) if number == 1 else ""
    source = f"*{unit.citation}*" if unit.citation else ""
    text = "\n\n".join(filter(None, (told, f"**{one.question}**")))
    answer = "\n\n".join(filter(None, (one.answer, source)))
    name = f"{unit.head.ref} question {number}"
    return f"// {unit.head.ref}\n::{_said(name)}::[markdown]{_said(text)} {{####{_said(answer)}}}"


def _said(text: str) -> str:
    return text.translate(_SPECIAL).replace("\n", "\\n")
