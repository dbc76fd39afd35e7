"""The words that mean the same: what is in force, and how the organisation's own file stands."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from search.synonyms import SynonymsError, load
from web.schemas import Out


class SynonymOut(Out):
    """Terms that mean the same."""

    terms: list[str] = Field(
        description="The first is the name of the row.", examples=[["CR", "change request"]]
    )
    own: bool = Field(description="Whether it is from the organisation's own file.")
    line: int = Field(description="Of the file that says so.")


class SynonymFaultOut(Out):
    """Why the own file can't be used."""

    line: int | None = Field(description="Null when it is the file as a whole.")
    detail: str = Field(examples=["there is nothing between two commas"])


class SynonymFileOut(Out):
    """The organisation's own file."""

    path: str = Field(examples=["/srv/hindsight/data/synonyms.csv"])
    exists: bool
    problem: str = Field(
        description="Why it is left out, as a sentence; empty when it is in force or not there."
    )
    faults: list[SynonymFaultOut] = Field(description="What to mend, line by line.")


class SynonymsOut(Out):
    """What is in force."""

    total: int = Field(description="Rows in force, whether asked for or not.")
    synonyms: list[SynonymOut] = Field(description="Those asked for, the organisation's own first.")
    file: SynonymFileOut


def read(own: Path, wanted: Sequence[str] = ()) -> SynonymsOut:
    """The rows in force that hold one of *wanted*, or all; a faulty file *own* is left out, as in search."""
    problem, faults = "", ()
    try:
        in_force = load(own)
    except SynonymsError as error:
        in_force, problem, faults = load(None), str(error), error.faults
    rows = in_force.holding(wanted) if wanted else in_force.entries
    return SynonymsOut(
        total=len(in_force.entries),
        synonyms=[SynonymOut.model_validate(row) for row in rows],
        file=SynonymFileOut(
            path=str(own.absolute()),
            exists=own.exists(),
            problem=problem,
            faults=[SynonymFaultOut.model_validate(fault) for fault in faults],
        ),
    )
