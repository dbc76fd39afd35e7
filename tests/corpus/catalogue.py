"""The starter library's table of training."""

import csv

from pydantic import BaseModel, ConfigDict, Field

from ingest import terms
from ingest.rows import competences
from kb.values import Taught
from kb.vocabulary import TrainingFormat, TrainingLevel
from tests.corpus.front import LIBRARY

PATH = LIBRARY / "training" / "catalogue.csv"


class Row(BaseModel):
    """A line of the table."""

    model_config = ConfigDict(extra="forbid")

    ref: str = Field(alias="Reference", pattern=r"^HS-C-\d{3}$")
    title: str = Field(alias="Title", min_length=4)
    provider: str = Field(alias="Provider", min_length=2)
    format: str = Field(alias="Format")
    level: TrainingLevel = Field(alias="Level")
    hours: float | None = Field(alias="Hours")
    cost: float | None = Field(alias="Cost")
    currency: str = Field(alias="Currency", pattern="^GBP$|^$")
    language: str = Field(alias="Language", pattern="^en$")
    competences: str = Field(alias="Competences", min_length=3)
    prerequisites: str = Field(alias="Prerequisites")
    leads_to: str = Field(alias="Leads to")
    renewal: str = Field(alias="Renewal")
    cpd_hours: float | None = Field(alias="CPD hours")
    summary: str = Field(alias="Summary", min_length=40)
    area: str = Field(alias="Knowledge area")
    citation: str = Field(alias="Citation")
    url: str = Field(alias="URL")

    @property
    def taught(self) -> tuple[Taught, ...]:
        """The competences with their levels."""
        taught, plain = competences(self.competences)
        assert plain == (), f"{self.ref}: each competence has a level in parentheses"
        return taught

    @property
    def kind(self) -> TrainingFormat | None:
        """How it is given."""
        return terms.find(terms.FORMATS, self.format)


def rows() -> dict[str, Row]:
    """The table's lines by their references."""
    with PATH.open(newline="", encoding="utf-8") as file:
        read = [
            Row.model_validate(
                {key: value or (None if key in _NUMBERS else "") for key, value in line.items()}
            )
            for line in csv.DictReader(file)
        ]
    assert len({row.ref for row in read}) == len(read), "each reference stands once"
    return {row.ref: row for row in read}


_NUMBERS = {"Hours", "Cost", "CPD hours"}
