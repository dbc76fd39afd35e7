"""A practice's own fields read: steps with who and when, preconditions, measures with targets, pitfalls.

Pure. What a practice does not say is left empty; nothing is guessed but whom a step without a subject is for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from kb.text import NUMBERS, shorten, squash
from kb.values import PracticeFields

_ITEM = re.compile(r"^ {0,3}(?:(\d+)[.)]|[-*+])\s+(.*)")
_NOUN = (
    r"(?:accountant|acceptor|administrator|analyst|architect|author|auditor|board|buddy|buyer|chair|champion|"
    r"client|committee|consultant|controller|coordinator|decider|department|designer|developer|director|"
    r"engineer|estimator|executive|facilitator|finance|foreman|head|host|integrator|lead|leader|manager|"
    r"member|mentor|mentee|moderator|officer|operator|owner|partner|planner|pmo|reader|requester|"
    r"representative|reviewer|secretary|specialist|sponsor|supplier|supervisor|team|tester|trainer|user)"
)
_MODIFIER = (
    r"(?!(?:the|a|an|of|to|who|that|and|or|with|in|for|is|are|from|at|by|on|each|its|two|three|as|whose)\b)"
    r"[\w’'-]+\s"
)
_PERSON = rf"(?P<who>(?:{_MODIFIER}){{0,2}}?{_NOUN}s?(?:\s(?:business\s)?{_NOUN}s?)*)\b(?![-’'])"
_BEGINS = re.compile(rf"^(?:(?:the|each|every|an?|all)\s+)?{_PERSON}", re.IGNORECASE)
_WITHIN = re.compile(rf"\b(?:the|each|every|an?)\s+{_PERSON}", re.IGNORECASE)
_HEADING, _HEADLINE = 22, 90
"""Characters up to which a beginning is a mere heading, and of the longest headline."""
_SUBJECT = 110
"""Characters in which the one who acts is named."""
_NUMBER = rf"(?:\d+(?:\.\d+)?|{'|'.join(NUMBERS)}|an?)"
_WHEN = re.compile(
    rf"^(?:at|before|after|within|during|by|on|in|from|every|each|once|when|whenever|until|early|next|"
    rf"weeks?|months?|days?|hours?|daily|weekly|fortnightly|monthly|quarterly|yearly|annually|twice|"
    rf"monday|tuesday|wednesday|thursday|friday|go-live|{_NUMBER} (?:working )?(?:days?|weeks?|months?))\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"^(?:daily|weekly|fortnightly|monthly|quarterly|yearly|annually|twice a|once a|at each|"
    r"every|each|when|whenever|if|on a|after an|at every|during delivery)\b",
    re.IGNORECASE,
)
_OFTEN = re.compile(r"\b(?:each|every) (?:day|week|fortnight|month|quarter)\b", re.IGNORECASE)
_LATE = re.compile(
    rf"^(?:at closure|at expiry|after closure|afterwards|after (?:{_NUMBER}) (?:weeks?|months?)|"
    rf"at [\d, and]+ months|at {_NUMBER} months|{_NUMBER} (?:weeks|months) after|yearly|once a year|"
    rf"every year|annually|quarterly for a year)\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"^(?P<unit>day|week|month)s?\s+(?P<first>\d+)(?:\s*(?:–|-|to|and)\s*(?P<last>\d+))?", re.IGNORECASE
)
_WITHIN_DAYS = re.compile(
    rf"\b(?:within|for at least|over)\s+(?P<number>{_NUMBER})(?: to \d+)?\s+(?:working )?"
    r"(?P<unit>day|week|month)s?\b",
    re.IGNORECASE,
)
_A_DAY = 8.0
"""Hours; longer ones are terms and not work."""
_TERM = 10
"""Working days from which `within` names a last day and not how long something takes."""
WORKING_DAYS = {"day": 1, "week": 5, "month": 21}
"""Of a unit of time."""
_TOOK = re.compile(
    rf"(?<!within )(?<!after )(?<!every )(?<!under )(?<!than )\b"
    rf"(?P<number>{_NUMBER})(?:\s*(?:–|-|to)\s*(?P<high>{_NUMBER}))?[\s-]+(?P<unit>minute|hour)s?\b",
    re.IGNORECASE,
)
_MANY = re.compile(rf"\b(?P<times>\d+) \w+ of (?P<number>{_NUMBER}) (?P<unit>minute|hour)s?\b", re.IGNORECASE)
_HALF = re.compile(r"\bhalf a (?:day|shift)\b|\bhalf an hour\b", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:session|workshop|meeting|meet|together|team|retrospective|standing at|walk-?through)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"\s*\((?:target|aim)[^:;()]*:\s*(?P<target>[^()]*(?:\([^()]*\)[^()]*)*)\)", re.IGNORECASE
)
_BREAK = re.compile(r"[()]|,\s+(?:and\s+)?")


class Rhythm(StrEnum):
    """When in the life of a practice a step is taken."""

    ONCE = "once"
    AGAIN = "again"
    """Over and over, or whenever something happens, once the practice runs."""
    LATE = "late"
    """Once, a good while after the beginning."""


@dataclass(frozen=True, slots=True)
class PracticeStep:
    """A step of a practice."""

    number: int
    text: str
    """Plain text, as it stands there."""
    headline: str
    """What it is about, in one line."""
    when: str
    """Such as `Within five working days`; empty when it is not said."""
    who: str
    """Such as `Benefits lead`; of a step without a subject, who took the one before."""
    rhythm: Rhythm
    hours: float | None
    """For each person who takes part, when it is said."""
    together: bool
    """Whether several people do it together."""
    days: int | None
    """Working days that it lasts, when it is said."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure by which to tell that a practice works."""

    name: str
    target: str
    """Empty when it has none."""


def steps(fields: PracticeFields) -> tuple[PracticeStep, ...]:
    """The steps of a practice, in its order; paragraphs between them, such as examples, are left out."""
    numbered = [text for number, text in _items(fields.steps) if number]
    found: list[PracticeStep] = []
    who = ""
    for place, text in enumerate(numbered or [text for _, text in _items(fields.steps)], 1):
        when, rest = _timing(text)
        said = plain(text)
        who = _who(rest) or who
        found.append(
            PracticeStep(
                place,
                said,
                _headline(rest),
                _cut(when),
                who,
                _rhythm(said),
                _hours(said),
                bool(_TOGETHER.search(said)),
                _days(said),
            )
        )
    return tuple(found)


def preconditions(fields: PracticeFields) -> tuple[str, ...]:
    """What must be so before a practice can work, each by itself."""
    listed = [plain(text) for _, text in _items(fields.preconditions)]
    parts = listed or list(_separated(plain(fields.preconditions)))
    return tuple(_sentence(part) for part in parts if part.strip(" .;"))


def measures(fields: PracticeFields) -> tuple[Measure, ...]:
    """The figures of a practice with their targets."""
    listed = [plain(text) for _, text in _items(fields.kpis)]
    return tuple(_measure(text) for text in listed or filter(None, [plain(fields.kpis)]))


def pitfalls(fields: PracticeFields) -> tuple[str, ...]:
    """What goes wrong with a practice, each by itself."""
    listed = [plain(text) for _, text in _items(fields.pitfalls)]
    return tuple(_sentence(text) for text in listed or filter(None, [plain(fields.pitfalls)]))


def plain(text: str) -> str:
    """Markdown on one line, without the marks of emphasis."""
    return squash(re.sub(r"(?<!\\)[*_`]+(?=\S)|(?<=\S)[*_`]+", "", text))


def _items(markdown: str) -> Iterator[tuple[str, str]]:
    """Number, if any, and text of each item of a list, lines that go on included."""
    current: tuple[str, str] | None = None
    for line in markdown.splitlines():
        match = _ITEM.match(line)
        if match:
            if current:
                yield current
            current = (match[1] or "", match[2])
        elif current and line.startswith((" ", "\t")) and line.strip():
            current = (current[0], f"{current[1]} {line.strip()}")
        elif current and line.strip():
            yield current
            current = None
    if current:
        yield current


def _timing(text: str) -> tuple[str, str]:
    """When a step is taken, if it begins with that, and the rest of it."""
    bold = re.match(r"\*\*(.+?)\*\*[:,]?\s*", text)
    if not bold or not _WHEN.match(plain(bold[1])):
        return "", text
    lead = plain(bold[1]).rstrip(":,. ")
    person = re.search(rf"(?P<mark>[:,]?)\s+(?:the|each|both|an?)\s+{_PERSON}", lead, re.IGNORECASE)
    if person and (person["mark"] or person.end() >= len(lead) - 1):
        return lead[: person.start()].rstrip(
            ":, "
        ), f"{lead[person.start() :].lstrip(':, ')} {text[bold.end() :]}"
    return lead, text[bold.end() :]


def _cut(when: str) -> str:
    return when if len(when) <= 80 else when[:79].rsplit(" ", 1)[0] + "…"


def _headline(rest: str) -> str:
    """Its first sentence; not a mere heading such as `Limits:`."""
    said = plain(rest)
    first = re.split(r"(?<=[.!?;])\s|(?<!for example):\s", said, maxsplit=1)[0].rstrip(".;:")
    line = shorten(first if len(first) > _HEADING else said, _HEADLINE)
    return line[:1].upper() + line[1:]


def _who(rest: str) -> str:
    said = plain(rest)[:_SUBJECT]
    match = _BEGINS.match(said) or _WITHIN.search(said)
    if not match:
        return ""
    who = match["who"]
    return who if who[:1].isupper() and who[1:2].isupper() else who[:1].upper() + who[1:]


def _rhythm(text: str) -> Rhythm:
    if _LATE.match(text):
        return Rhythm.LATE
    begins = _AGAIN.match(text) and not _BEGINS.match(text)
    return Rhythm.AGAIN if begins or _OFTEN.search(text.split(". ")[0]) else Rhythm.ONCE


def _hours(text: str) -> float | None:
    if match := _MANY.search(text):
        return int(match["times"]) * _in_hours(match["number"], match["unit"])
    match = _TOOK.search(text)
    if match and (hours := _in_hours(match["high"] or match["number"], match["unit"])) <= _A_DAY:
        return hours
    if match := _HALF.search(text):
        return 0.5 if "hour" in match[0].lower() else 3.75
    return None


def _in_hours(number: str, unit: str) -> float:
    return _number(number) / (60 if unit.lower() == "minute" else 1)


def _days(text: str) -> int | None:
    if match := _SPAN.match(text):
        first, last = int(match["first"]), int(match["last"] or match["first"])
        return max(1, last - first + 1) * WORKING_DAYS[match["unit"].lower()]
    match = _WITHIN_DAYS.search(text[:_SUBJECT])
    days = max(1, ceil(_number(match["number"]))) * WORKING_DAYS[match["unit"].lower()] if match else None
    late = match is not None and match[0].lower().startswith("within") and days is not None and days > _TERM
    return None if late else days


def _number(text: str) -> float:
    said = text.lower()
    return float(NUMBERS.get(said, 1)) if said.isalpha() else float(said)


def _separated(text: str) -> Iterator[str]:
    """Parts of a sentence that lists: at semicolons, or else at commas outside of brackets."""
    if ";" in text:
        yield from (re.sub(r"^and\s+", "", part.strip()) for part in text.split(";"))
        return
    depth = 0
    commas: list[re.Match[str]] = []
    for match in _BREAK.finditer(text):
        if match[0] in "()":
            depth += 1 if match[0] == "(" else -1
        elif depth == 0:
            commas.append(match)
    start = 0
    for comma in commas:
        after = text[comma.end() :].split(",", 1)[0].split()
        if len(after) >= 3 and len(text[start : comma.start()].split()) >= 2:
            yield text[start : comma.start()]
            start = comma.end()
    yield text[start:]


def _sentence(text: str) -> str:
    said = squash(text).strip().rstrip(".;")
    return said[:1].upper() + said[1:]


def _measure(text: str) -> Measure:
    match = _TARGET.search(text)
    if not match:
        return Measure(_sentence(text), "")
    name = f"{text[: match.start()]}{text[match.end() :]}"
    return Measure(_sentence(name), match["target"].strip())
