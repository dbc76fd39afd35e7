"""How well a lesson is written: what keeps others from acting on it.

The rules are those that NATO's Joint Analysis and Lessons Learned Centre gives to those who submit
observations (understandable alone, cause stated, a recommendation that somebody can carry out, no names),
and our own on length and on who does what, when.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kb.values import LessonFields


class Rule(StrEnum):
    """What a finding is about."""

    RECOMMENDATION = "recommendation"
    WHO = "who"
    WHEN = "when"
    CAUSE = "cause"
    EFFECT = "effect"
    ALONE = "alone"
    ACRONYM = "acronym"
    BLAME = "blame"
    NAME = "name"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to improve."""

    rule: Rule
    hint: str
    """What to do, as a sentence."""


_COSTS = {
    Rule.RECOMMENDATION: 30,
    Rule.WHO: 15,
    Rule.WHEN: 10,
    Rule.CAUSE: 20,
    Rule.EFFECT: 10,
    Rule.ALONE: 15,
    Rule.ACRONYM: 5,
    Rule.BLAME: 15,
    Rule.NAME: 15,
    Rule.LENGTH: 5,
}
"""Points off a hundred, once for each rule that is broken."""
_ROLE = re.compile(
    r"\b(?:manager|sponsor|board|owner|lead|leader|team|committee|group|pmo|analyst|consultant|administrator|"
    r"coordinator|officer|director|head|architect|engineer|planner|controller|buyer|supplier|contractor|"
    r"client|trainer|facilitator|reviewer|auditor|department|minister|ministry|office|agency|authority|"
    r"scrum master|product owner|master|designer|tester|operator|user|users|champion|secretary|"
    r"organisation|programme|portfolio|procurement|finance|commercial|operations)s?\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:before|after|when|whenever|while|until|within|during|by|at|each|every|once|as soon as|from|if|"
    r"daily|weekly|monthly|quarterly|yearly|first|then|always|never|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"^\W*(?:improve|better|more|ensure better|be more|communication must|should be improved|avoid this)\b"
    r"[^.]{0,60}\.?\W*$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:see (?:above|attached|attachment)|as (?:above|discussed)|the above|ditto|tbd)\b", re.IGNORECASE
)
_POINTING = re.compile(r"^\W*(?:this|it|they|these|he|she|that)\s+(?:was|were|has|had|did)\b", re.IGNORECASE)
_BLAME = re.compile(
    r"\b(?:incompeten\w+|negligen\w+|careless\w*|lazy|stupid|idiot\w*|to blame|culprit|at fault|"
    r"(?:his|her|their) fault|should have known better)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Dame)\.?\s+[A-Z][a-z]+")
_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{3,6}s?(?![\w-])")
_COMMON = frozenset({"PMO", "KPI", "USA", "NASA", "NATO", "PDF", "CEO", "CFO", "GBP", "EUR", "USD", "COVID"})
"""Known to everybody who reads lessons."""
_SHORTEST_EVENT = 12
_LONGEST = {"title": 20, "event": 350, "recommendation": 350}
"""Words."""


def score(findings: list[Finding]) -> int:
    """From 100, nothing to improve, down to 0."""
    return max(0, 100 - sum(_COSTS[rule] for rule in {finding.rule for finding in findings}))


def lint(title: str, lesson: LessonFields) -> list[Finding]:
    """What could be better in a lesson, the weightiest first."""
    found = [finding for rule in _RULES for finding in rule(title, lesson)]
    return sorted(found, key=lambda finding: -_COSTS[finding.rule])


def _recommendation(_: str, lesson: LessonFields) -> Iterator[Finding]:
    said = lesson.recommendation.strip()
    if not said:
        yield Finding(
            Rule.RECOMMENDATION, "Say what others should do: a lesson without a recommendation is a report."
        )
        return
    if _VAGUE.match(said):
        yield Finding(
            Rule.RECOMMENDATION, "Say what to do in steps that somebody can finish; this is only a wish."
        )
        return
    if not _ROLE.search(said):
        yield Finding(Rule.WHO, "Name the role that acts, such as the project manager or the sponsor.")
    if not _TIME.search(said):
        yield Finding(
            Rule.WHEN, "Say when: before which step, at which gate, how often, or what triggers it."
        )


def _reasons(_: str, lesson: LessonFields) -> Iterator[Finding]:
    if not lesson.causes.strip():
        yield Finding(Rule.CAUSE, "Say why it happened: a condition that somebody could change.")
    if not lesson.effect.strip():
        yield Finding(Rule.EFFECT, "Say what came of it, in days, money, quality or people.")


def _alone(_: str, lesson: LessonFields) -> Iterator[Finding]:
    event = lesson.event.strip()
    if len(event.split()) < _SHORTEST_EVENT:
        yield Finding(Rule.ALONE, "Tell what happened so that somebody who was not there understands it.")
    elif _POINTING.match(event):
        yield Finding(Rule.ALONE, "Begin with what it was, not with a word that points to something else.")
    if place := _ELSEWHERE.search(f"{event} {lesson.recommendation}"):
        yield Finding(Rule.ALONE, f"Write it out instead of {place[0]!r}: the other text is not here.")


def _acronyms(title: str, lesson: LessonFields) -> Iterator[Finding]:
    text = "\n".join((title, lesson.event, lesson.effect, lesson.causes, lesson.recommendation))
    met = {word.removesuffix("s") for word in _ACRONYM.findall(text)} - _COMMON
    unknown = sorted(word for word in met if not _expanded(word, text))
    if unknown:
        yield Finding(Rule.ACRONYM, f"Spell out once what it stands for: {', '.join(unknown[:5])}.")


def _expanded(acronym: str, text: str) -> bool:
    """Whether *text* has it in parentheses after a name, or a name in parentheses after it."""
    return re.search(rf"\({acronym}s?[),;]|\b{acronym}s?\s*\([A-Za-z]", text) is not None


def _people(title: str, lesson: LessonFields) -> Iterator[Finding]:
    text = "\n".join((title, lesson.event, lesson.effect, lesson.causes, lesson.recommendation))
    if found := _BLAME.search(text):
        yield Finding(Rule.BLAME, f"Describe the condition instead of the fault: {found[0]!r}.")
    if found := _PERSON.search(text):
        yield Finding(Rule.NAME, f"Name the role instead of the person: {found[0]!r}.")


def _lengths(title: str, lesson: LessonFields) -> Iterator[Finding]:
    texts = {"title": title, "event": lesson.event, "recommendation": lesson.recommendation}
    for name, text in texts.items():
        if (words := len(text.split())) > _LONGEST[name]:
            yield Finding(Rule.LENGTH, f"Shorten the {name}: {words} words, {_LONGEST[name]} are enough.")


_RULES: tuple[Callable[[str, LessonFields], Iterator[Finding]], ...] = (
    _recommendation,
    _reasons,
    _alone,
    _acronyms,
    _people,
    _lengths,
)
