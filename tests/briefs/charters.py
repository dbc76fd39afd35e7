"""Charters with items judged by reading, against which lessons briefs are measured.

`judged/README.md` tells how they were judged.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent / "judged"
USEFUL = 2
"""Grade from which an item answers its need."""


class Judgement(BaseModel):
    """What an item is worth to a project."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ref: str = Field(pattern=r"^(HS-[LPTC]-\d{3}|nasa:\d+)$")
    """Of the starter library, or a number in NASA's collection of lessons."""
    grade: int = Field(ge=0, le=3)
    """3 know this before starting, 2 clearly useful, 1 related, 0 looks similar but does not apply."""
    need: str = Field(min_length=4, max_length=60)
    """What of the charter it serves; for 0, what it would be found for."""
    why: str = Field(min_length=10)


@dataclass(frozen=True, slots=True)
class Charter:
    """A project's charter and the items judged for it."""

    name: str
    text: str
    """Markdown."""
    judgements: tuple[Judgement, ...]

    def grades(self) -> dict[str, int]:
        """The grade of each reference."""
        return {judgement.ref: judgement.grade for judgement in self.judgements}

    def needs(self) -> dict[str, list[Judgement]]:
        """The judgements by need."""
        found: dict[str, list[Judgement]] = {}
        for judgement in self.judgements:
            found.setdefault(judgement.need, []).append(judgement)
        return found


def read() -> tuple[Charter, ...]:
    """All charters, by name."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.csv")))


def _read(path: Path) -> Charter:
    with path.open(newline="", encoding="utf-8") as file:
        judgements = tuple(Judgement.model_validate(row) for row in csv.DictReader(file))
    return Charter(path.stem, path.with_suffix(".md").read_text(encoding="utf-8"), judgements)
