"""What earlier projects' verdicts on an item say for this one, as far as their needs were like its own.

Pure functions. How the constant was found: docs/decisions/0009.
"""

from collections.abc import Iterable, Sequence

from kb.briefs.verdicts import Voice
from search import doubles

_HEARD = 0.4
"""What an item counts more or less at most, when all projects with the same needs agreed on it."""


def factor(voices: Iterable[Voice], needs: Sequence[str]) -> float:
    """What an item that answers *needs* counts by what others found of it: 1 - _HEARD to 1 + _HEARD.

    A voice weighs as much as one of its needs is like one of *needs*; a few voices are not much heard yet.
    """
    useful = idle = 0.0
    for voice in voices:
        like = max((doubles.shared_words(own, need) for own in voice.needs for need in needs), default=0.0)
        if voice.useful:
            useful += like
        else:
            idle += like
    return 1 + _HEARD * (useful - idle) / (useful + idle + 1)
