"""What a text is about, told by the items nearest to it in meaning: a weighted vote, pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

NEIGHBOURS = 20
"""The nearest items that are asked."""
_FLOOR = 0.3
"""Cosine below which an item knows nothing of the text."""
_POWER = 4
"""Of the cosine, as the weight of a voice: the nearest count most."""
_SILENT = 2
"""Voices as strong as the nearest that vote for nothing, so that a few do not sound like many."""


class Subject(StrEnum):
    """What is suggested."""

    AREA = "area"
    PHASE = "phase"
    APPROACH = "approach"
    SECTOR = "sector"
    TAG = "tag"
    COMPETENCE = "competence"


THRESHOLDS = {
    Subject.AREA: 0.35,
    Subject.PHASE: 0.5,
    Subject.APPROACH: 0.6,
    Subject.SECTOR: 0.35,
    Subject.TAG: 0.35,
    Subject.COMPETENCE: 0.25,
}
"""Confidence from which a value is suggested. How often suggestions were right, each lesson judged by all
the others: of 179 lessons of the starter library areas 58 %, phases 75 %, approaches 85 %, sectors 76 %, tags
69 % and competences, which nobody stated, 64 % by their areas; of 410 lessons of NASA areas 63 %, tags 49 %.
From 0.35 on, competences were right more often (68 %), but only one lesson in nine was given any."""
_MOST = 5
"""Suggestions on one subject."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that fits a text."""

    subject: Subject
    value: str
    confidence: float
    """The share of the vote, 0 to 1."""


Voice = tuple[float, Mapping[Subject, Collection[str]]]
"""An item's cosine beside the text, and its values."""


def suggest(voices: Sequence[Voice]) -> list[Suggestion]:
    """What *voices* agree upon, by subject, the surest first; one voice alone is never sure."""
    found: list[Suggestion] = []
    for subject, threshold in THRESHOLDS.items():
        said = [(cosine, known.get(subject, ())) for cosine, known in voices]
        times = Counter(value for cosine, values in said if cosine >= _FLOOR for value in set(values))
        sure = [
            Suggestion(subject, value, share)
            for value, share in vote(said).items()
            if share >= threshold and times[value] > 1
        ]
        found += sorted(sure, key=lambda one: (-one.confidence, one.value))[:_MOST]
    return found


def vote(voices: Sequence[tuple[float, Collection[str]]]) -> dict[str, float]:
    """The share of the vote, 0 to 1, for each value; who has no value at all abstains."""
    weights = [(cosine**_POWER, values) for cosine, values in voices if cosine >= _FLOOR and values]
    if not weights:
        return {}
    total = sum(weight for weight, _ in weights) + _SILENT * max(weight for weight, _ in weights)
    shares: dict[str, float] = defaultdict(float)
    for weight, values in weights:
        for value in set(values):
            shares[value] += weight / total
    return dict(shares)
