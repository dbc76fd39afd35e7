"""Whether two lessons say the same: by their meaning and by the words of their titles.

The limits were chosen on 91 pairs of NASA's lessons and of the starter library, labelled by reading them
(tests/search/pairs.csv): 46 are of lessons that belong together. 87 % of those are found, and 87 % of those
found belong together. Of the pairs called the same 88 % are, and 94 % of all such are found.
"""

from enum import StrEnum

from search import analysis

_NEAR = 0.85
"""Cosine from which two belong together whatever their titles are."""
LEAST = 0.7
"""Cosine below which they do not, even when their titles are alike."""
_SAME = 0.9
_TITLED = 0.5
"""Share of title words from which titles count as alike."""


class Likeness(StrEnum):
    """How alike two lessons are."""

    SAME = "same"
    """One of them is probably superfluous."""
    NEAR = "near"
    """One adds to the other, or tells of the same event."""


def likeness(cosine: float, shared: float) -> Likeness | None:
    """How alike two lessons are by the cosine of their texts and the words their titles share, if at all."""
    titled = shared >= _TITLED
    if cosine >= _SAME and titled:
        return Likeness.SAME
    return Likeness.NEAR if cosine >= _NEAR or (titled and cosine >= LEAST) else None


def shared_words(title: str, other: str) -> float:
    """The share of the words of two titles or sentences that stand in both, 0 to 1, but for inflection."""
    one, two = analysis.content_stems(title), analysis.content_stems(other)
    return len(one & two) / len(one | two) if one | two else 0.0
