"""What a proposal says, before anybody decided on it."""

from dataclasses import dataclass

from kb.values import LessonFields


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that a document tells and others may learn from, in the document's own words."""

    title: str
    said: LessonFields
    """Only what the sentences say; plain text."""
    quotes: tuple[str, ...]
    """The sentences, in their order."""
    headings: tuple[str, ...]
    """Above them, outermost first."""
    start: int
    end: int
    """Character range [start, end) of the body that holds them."""
    confidence: float
    """From 0 to 1, that a person would call it an observation."""
    reason: str
    """A sentence: what gave it away."""
