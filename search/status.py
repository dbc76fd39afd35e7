"""How the index stands beside the database."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from kb import passages
from search import generation
from search.generation import DamagedError
from search.sync import plan


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The present generation and how far the database is ahead of it."""

    generation: str
    model: str
    passages: int
    built_at: str
    pending: int
    """Passages to add or to take out at the next sync."""
    problem: str
    """What is wrong, as a sentence; empty when the index is fit for use."""


def status(session: Session, folder: Path, model: str) -> IndexStatus:
    """The state of the index in *folder*, which should hold vectors of *model*."""
    stored = passages.keys(session)
    name = generation.current(folder)
    if not name:
        return IndexStatus("", "", 0, "", len(stored), "There is no search index yet.")
    try:
        opened = generation.open_current(folder)
        if opened is None:
            return IndexStatus("", "", 0, "", len(stored), "There is no search index yet.")
    except DamagedError as error:
        return IndexStatus(name, "", 0, "", len(stored), f"The search index is damaged: {error}.")
    indexed, manifest = opened.words.keys(), opened.manifest
    opened.words.close()
    difference = plan(stored, indexed)
    problem = ""
    if manifest.model != model:
        problem = f"The search index was made with the model {manifest.model}, not with {model}."
    return IndexStatus(
        name,
        manifest.model,
        manifest.passages,
        manifest.built_at,
        max(len(difference.add), difference.passages_removed),
        problem,
    )
