"""The vocabulary of observations, which stands in cues.toml, and what it finds in a heading or a sentence."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("cues.toml")
_NUMBERING = re.compile(
    r"^\W*(?:\d{1,3}(?:\.\d{1,3})*[.):]|\d{1,3}(?:\.\d{1,3})+|[ivx]+[.)]|[a-z]\))\s+(?=[A-Z\"“‘(])"
)
_AT_START = ("unsaid", "question")
_LONGEST_LABEL = 40
OWN = 0.5
"""Weight of a section from which it holds nothing but observations."""

_TITLE = 0.5
"""What a document's title counts for, beside a heading."""


class Section(StrEnum):
    """What stands under a heading."""

    LESSONS = "lessons"
    WELL = "well"
    BADLY = "badly"
    LUCK = "luck"
    ADVICE = "advice"
    CAUSES = "causes"
    CONCLUSION = "conclusion"
    LEFT_OUT = "left_out"
    """What is no observation whatever it says: plans, tasks, risks, formalities."""


_OF_LESSONS = (Section.LESSONS, Section.WELL, Section.BADLY, Section.LUCK)


class Cue(StrEnum):
    """What a sentence gives away by its words."""

    HINDSIGHT = "hindsight"
    COUNTERFACTUAL = "counterfactual"
    LESSON = "lesson"
    NEXT_TIME = "next_time"
    ADVICE = "advice"
    SHOULD = "should"
    WELL = "well"
    GOOD = "good"
    BADLY = "badly"
    CAUSE = "cause"
    EFFECT = "effect"
    UNREAL = "unreal"
    """It may be so, or will be: not seen yet."""
    QUESTION = "question"
    UNSAID = "unsaid"
    """A form's instruction, or a word that there is nothing to tell."""


class Found(NamedTuple):
    """A cue in a sentence."""

    weight: float
    words: str
    """As they stand there."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Context:
    """What the headings above a sentence say of it."""

    section: Section
    weight: float
    heading: str


class _Rule(NamedTuple):
    cue: str
    weight: float
    words: re.Pattern[str]


@lru_cache(maxsize=4096)
def context(headings: Sequence[str]) -> Context | None:
    """What *headings*, outermost first, say: the innermost that is known.

    Under lessons a heading is a topic: it leaves nothing out. Under what is left out only a section that is
    about nothing but lessons counts, such as the lessons in an appendix.
    """
    found: Context | None = None
    for here in filter(None, map(_heading, headings)):
        if here.section is Section.LEFT_OUT:
            found = here if found is None or found.section is Section.CONCLUSION else found
        elif found is None or found.section is not Section.LEFT_OUT or here.section in _OF_LESSONS:
            found = here
    return found


def of_title(title: str) -> Context | None:
    """What a document's *title* says of all in it that no heading says more of, such as `Retrospective`."""
    found = context((title,))
    return replace(found, weight=found.weight * _TITLE) if found and found.weight >= OWN else None


def is_section(line: str) -> bool:
    """Whether *line* begins as the name of a section that holds observations does."""
    words = unnumbered(line)
    return any(rule.weight >= OWN and rule.words.match(words) for rule in _rules("heading"))


def cues(sentence: str) -> dict[Cue, Found]:
    """The cues in *sentence*, the first words of each; what is said twice counts half as much more."""
    found: dict[Cue, Found] = {}
    for rule in _rules("sentence"):
        if match := rule.words.search(sentence):
            again = rule.weight > 0 and rule.words.search(sentence, match.end())
            weight = 1 - (1 - rule.weight) * (1 - rule.weight / 2) if again else rule.weight
            found[Cue(rule.cue)] = Found(weight, match[0].strip(), match.start(), match.end())
    return found


def label(text: str) -> str:
    """The field of a lesson that the label *text* announces; empty for any other."""
    words = unnumbered(text).rstrip(" :.")
    if len(words) > _LONGEST_LABEL:
        return ""
    return next((rule.cue for rule in _rules("label") if rule.words.fullmatch(words)), "")


def label_words() -> str:
    """All labels, as a regular expression."""
    return "|".join(f"(?:{rule.words.pattern})" for rule in _rules("label"))


def unnumbered(text: str) -> str:
    """*text* without the number before it."""
    return _NUMBERING.sub("", text, count=1)


def _heading(heading: str) -> Context | None:
    """By the first known words in it, the surest of those that begin there."""
    found = [
        (match.start(), -rule.weight, rule)
        for rule in _rules("heading")
        if (match := rule.words.search(heading))
    ]
    if not found:
        return None
    *_, rule = min(found, key=lambda one: one[:2])
    return Context(Section(rule.cue), rule.weight, heading)


@cache
def _rules(where: str) -> Sequence[_Rule]:
    """All of one table of the file."""
    return tuple(
        _Rule(row["cue"], row.get("weight", 0.0), _pattern(row["cue"], row["words"]))
        for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))[where]
    )


def _pattern(cue: str, words: Sequence[str]) -> re.Pattern[str]:
    begins = r"^\W*" if cue in _AT_START else r"\b"
    return re.compile(f"{begins}(?:{'|'.join(words)})", re.IGNORECASE)
