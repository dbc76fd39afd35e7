"""Lessons as rows of a risk register, in the columns of the template HS-T-003."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingest import workbook
from ingest.workbook import Cell
from kb.briefs.stored import StoredBrief
from kb.text import shorten
from kb.values import LessonFields
from kb.vocabulary import Polarity, Verdict, label
from web.briefs.briefs import Known
from web.files import csv_files

COLUMNS = (
    "ID",
    "Risk",
    "Type",
    "Category",
    "Probability (1–5)",
    "Impact (1–5)",
    "Score",
    "Proximity",
    "Early sign",
    "Response",
    "Next action",
    "Action due",
    "Owner",
    "Source",
    "State",
)
_GIST = 240
"""Characters of a cause, an effect or a sign in one cell."""
_MARKUP = re.compile(r"(?m)^\s*(?:[-+*>]|#+|\d+[.)])\s+|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")


@dataclass(frozen=True, slots=True)
class Risk:
    """A row: what may happen, and what is done about it; the team gives it its score."""

    title: str
    said: LessonFields
    areas: Sequence[str]
    source: str
    action: str = ""
    due: date | None = None
    owner: str = ""
    response: str = ""

    def cells(self, number: int) -> tuple[Cell, ...]:
        """In the order of the columns."""
        chance = self.said.polarity is Polarity.POSITIVE
        return (
            f"R-{number:03}",
            _sentence(self.title, self.said),
            "Opportunity" if chance else "Threat",
            label(self.areas[0]) if self.areas else "",
            None,
            None,
            None,
            "",
            gist(self.said.warning_signs),
            self.response,
            self.action or gist(self.said.recommendation),
            self.due,
            self.owner,
            self.source,
            "Open",
        )


def of_brief(brief: StoredBrief, known: Known) -> Iterator[Risk]:
    """The lessons of *brief* that apply or need action, by likely consequence."""
    for entry in brief.entries:
        if not entry.asks or entry.decided is None:
            continue
        decision = entry.decided.decision
        if decision.verdict not in (Verdict.APPLICABLE, Verdict.NEEDS_ACTION):
            continue
        said = known.lessons.get(entry.item.id, LessonFields())
        acting = decision.verdict is Verdict.NEEDS_ACTION
        response = "Enhance" if said.polarity is Polarity.POSITIVE else "Reduce"
        yield Risk(
            entry.item.title,
            said,
            known.areas.get(entry.item.id, ()),
            entry.item.ref,
            action=decision.rationale if acting else "",
            due=decision.due,
            owner=decision.owner,
            response=response if acting else "",
        )


def csv(risks: Iterable[Risk]) -> bytes:
    """The rows as a CSV file."""
    return b"".join(csv_files.lines(COLUMNS, _rows(risks)))


def xlsx(risks: Iterable[Risk]) -> bytes:
    """The rows as a workbook."""
    return workbook.write("Risks", COLUMNS, _rows(risks))


def gist(text: str) -> str:
    """How a text in Markdown begins, as plain words on one line."""
    return shorten(_MARKUP.sub("", text), _GIST)


def _rows(risks: Iterable[Risk]) -> Iterator[tuple[Cell, ...]]:
    return (risk.cells(number) for number, risk in enumerate(risks, 1))


def _sentence(title: str, said: LessonFields) -> str:
    """Cause, event and effect, as far as the lesson tells them."""
    parts = (
        f"Because of: {gist(said.causes)}" if said.causes.strip() else "",
        f"May happen: {title}",
        f"Leads to: {gist(said.effect)}" if said.effect.strip() else "",
    )
    return "\n".join(part for part in parts if part)
