"""How well observations are mined out of documents, judged by labels that were made by reading them."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from ingest import markdown, reading
from ingest.mining import observations, statements
from ingest.mining.statements import Statement
from ingest.reading import Task
from ingest.recognise import Names
from kb.proposals.values import Observation
from kb.settings import Limits
from kb.text import digest

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "corpora"
_LABELS = Path(__file__).parent / "mined"
_FIELDS = ("event", "effect", "causes", "recommendation", "applies_when", "warning_signs")


class Label(NamedTuple):
    """A statement of an observation, as a reader judged it."""

    position: int
    field: str
    digest: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with the observations that a reader found in it."""

    document: str
    observations: tuple[tuple[Label, ...], ...]

    @property
    def own(self) -> bool:
        """Whether it is in this repository."""
        return self.document.startswith("corpus/")

    @property
    def path(self) -> Path:
        """Where it is."""
        return (ROOT if self.own else SHARED) / self.document


@dataclass(slots=True)
class Score:
    """What was proposed and what should have been."""

    proposed: int = 0
    right: int = 0
    """Proposals at least half of whose statements belong to one observation."""
    observations: int = 0
    found: int = 0
    """Observations that a right proposal tells of."""
    fields: int = 0
    filled: int = 0
    """Labelled statements of found observations that stand in the field that the reader gave them."""
    missed: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])

    @property
    def precision(self) -> float:
        """The share of proposals that are right."""
        return self.right / self.proposed if self.proposed else 1.0

    @property
    def recall(self) -> float:
        """The share of observations that were found."""
        return self.found / self.observations if self.observations else 1.0

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.2f} ({self.right} of {self.proposed}), "
            f"recall {self.recall:.2f} ({self.found} of {self.observations}), "
            f"fields {self.filled} of {self.fields}"
        )


def labelled(name: str) -> list[Labelled]:
    """The labels of one part: `dev`, whose documents shaped the rules, or `test`, whose did not."""
    with (_LABELS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        Labelled(name, tuple(_observations(list(own)))) for name, own in groupby(rows, itemgetter("document"))
    ]


def _observations(rows: Sequence[Mapping[str, str]]) -> Iterator[tuple[Label, ...]]:
    for number, own in groupby(rows, itemgetter("observation")):
        if number:
            yield tuple(Label(int(row["position"]), row["field"], row["digest"]) for row in own)


@cache
def read(document: Labelled) -> tuple[list[Statement], list[Observation]]:
    """A document's statements and the observations that are proposed."""
    path = document.path
    draft = reading.read(Task(path, Names(path.name), Limits(), {}, whole=True)).drafts[0]
    parsed = markdown.parse(draft.body)
    return statements.read(parsed, draft.title), observations.mine(parsed, draft.title)


def score(documents: Sequence[Labelled]) -> Score:
    """How the proposals for *documents* compare with their labels."""
    total = Score()
    for document in documents:
        said, proposed = read(document)
        positions: dict[str, list[int]] = {}
        for position, statement in enumerate(said):
            positions.setdefault(mark(statement.text), []).append(position)
        _compare(total, document, proposed, positions)
    return total


def mark(text: str) -> str:
    """What a statement is known by in the labels."""
    return digest(text)[:12]


def _compare(
    total: Score, document: Labelled, proposed: Sequence[Observation], positions: Mapping[str, Sequence[int]]
) -> None:
    wanted = [{label.digest: label for label in one} for one in document.observations]
    found: dict[int, Observation] = {}
    for proposal in proposed:
        marks = [mark(quote) for quote in proposal.quotes if mark(quote) in positions]
        shares = [sum(one in labels for one in marks) / len(marks) for labels in wanted]
        best = max(range(len(wanted)), key=shares.__getitem__, default=None)
        if best is not None and shares[best] >= 0.5:
            total.right += 1
            found.setdefault(best, proposal)
        else:
            total.wrong.append(f"{document.path.name}: {proposal.title} [{proposal.confidence}]")
    total.proposed += len(proposed)
    total.observations += len(wanted)
    total.found += len(found)
    total.missed += [
        f"{document.path.name}: {sorted(label.position for label in one.values())}"
        for number, one in enumerate(wanted)
        if number not in found
    ]
    for number, proposal in found.items():
        _compare_fields(total, wanted[number], proposal)


def _compare_fields(total: Score, labels: Mapping[str, Label], proposal: Observation) -> None:
    quoted = {mark(quote): quote for quote in proposal.quotes}
    for one, label in labels.items():
        if one not in quoted or label.field == "title":
            continue
        total.fields += 1
        total.filled += quoted[one] in str(getattr(proposal.said, label.field))
