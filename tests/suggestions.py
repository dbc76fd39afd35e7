"""How often what is suggested for a lesson is right: each lesson is judged by all the others.

python -m tests.suggestions DATA_FOLDER
"""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from ingest import composed
from ingest.composed import Facts, LessonEntry
from kb import drafts, facets, items
from kb.access import LOCAL_USER
from kb.settings import Settings
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, Kind
from search.suggesting import Subject
from web import wiring
from web.wiring import Services
from web.writing import assisting

_FACETS = {
    Subject.AREA: FacetName.AREA,
    Subject.PHASE: FacetName.PHASE,
    Subject.APPROACH: FacetName.APPROACH,
    Subject.SECTOR: FacetName.SECTOR,
    Subject.TAG: FacetName.TAG,
}
_LESSONS = Filters({FacetName.KIND: (Kind.LESSON,)})
_COMPETENCES = Filters({FacetName.KIND: (Kind.DOCUMENT,), FacetName.TAG: ("competence",)})


@dataclass(slots=True)
class Figures:
    """Of one subject, over the lessons that say something of it."""

    lessons: int = 0
    helped: int = 0
    """Lessons of which something right was suggested."""
    offered: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        """The share of what was suggested that is right."""
        return self.right / self.offered if self.offered else 0.0


def measured(services: Services, every: int = 1) -> dict[Subject, Figures]:
    """The figures of every so many-th lesson, its own facts unsaid.

    A competence is right when it belongs to an area of the lesson, as its own page in the library says.
    """
    found: dict[Subject, Figures] = defaultdict(Figures)
    with services.sessions() as session:
        areas = _areas_of_competences(session)
        ids = items.in_order(session, LOCAL_USER, _LESSONS)[::every]
        said = facets.of_items(session, LOCAL_USER, ids)
        for id_, head in items.summaries(session, LOCAL_USER, ids).items():
            truths = _truths(said.get(ItemId(id_), {}), areas)
            if not truths:
                continue
            entry = composed.entry(drafts.of_item(session, LOCAL_USER, head.ref))
            assert isinstance(entry, LessonEntry)
            bare = LessonEntry(Facts(entry.facts.title), entry.said)
            checked = assisting.check(services, session, LOCAL_USER, bare, head.ref)
            offered: dict[Subject, list[str]] = defaultdict(list)
            for one in checked.suggestions:
                offered[one.subject].append(one.value)
            for subject, truth in truths.items():
                _count(found[subject], offered[subject], truth)
    return dict(found)


def _truths(
    said: Mapping[FacetName, Sequence[str]], areas: Mapping[str, set[str]]
) -> dict[Subject, set[str]]:
    truths = {subject: set(said.get(name, ())) for subject, name in _FACETS.items()}
    own = truths[Subject.AREA]
    truths[Subject.COMPETENCE] = {name for name, of in areas.items() if own & of}
    return {subject: truth for subject, truth in truths.items() if truth}


def _count(figures: Figures, offered: Sequence[str], truth: set[str]) -> None:
    right = sum(value in truth for value in offered)
    figures.lessons += 1
    figures.helped += right > 0
    figures.offered += len(offered)
    figures.right += right


def _areas_of_competences(session: Session) -> dict[str, set[str]]:
    ids = items.in_order(session, LOCAL_USER, _COMPETENCES)
    said = facets.of_items(session, LOCAL_USER, ids)
    heads = items.summaries(session, LOCAL_USER, ids)
    return {heads[id_].title.lower(): set(said[id_].get(FacetName.AREA, ())) for id_ in ids}


def main() -> None:
    """Print the figures of the base in a data folder."""
    built = wiring.build(Settings(data=Path(sys.argv[1])))
    for subject, of in measured(built, int(sys.argv[2]) if len(sys.argv) > 2 else 1).items():
        sys.stdout.write(
            f"{subject:12} {of.lessons:5} lessons, {of.helped / of.lessons:4.0%} helped; "
            f"{of.right} of {of.offered} suggestions right = {of.precision:.0%}\n"
        )
    built.close()


if __name__ == "__main__":
    main()
