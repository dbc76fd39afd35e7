"""Observations out of a report, minutes or a review: which statements tell one, and which field each fills.

Rules over headings, lists, tables and words (cues.toml); no model. Fields hold sentences of the document, or
the clause of one that gives its cause or effect: nothing is added. Takes time in proportion to the text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import prod

from ingest.markdown import Parsed
from ingest.mining import cues, statements
from ingest.mining.cues import OWN, Context, Cue, Found, Section
from ingest.mining.statements import Statement
from kb.proposals.values import Observation
from kb.text import shorten
from kb.values import LessonFields
from kb.vocabulary import Polarity

THRESHOLD = 0.5
"""Confidence below which nothing is proposed."""
_SURE = 0.97
_TITLE_LENGTH = 120
_TELLS = ("event", "effect", "causes", "recommendation")
"""Fields of which two, announced by labels, make a lesson of a paragraph or a row."""
_MOST = 12
"""Statements of one observation."""
_LEFT_OUT = 0.7
"""What a sentence counts for in a section that holds something else."""
_SHORT = {0: 0.0, 1: 0.4, 2: 0.75}
"""What a text of so few words counts for."""
_CELL_WORDS = 6
"""Words from which the cell of any table is read."""
_REAL = (Cue.HINDSIGHT, Cue.COUNTERFACTUAL, Cue.LESSON, Cue.NEXT_TIME, Cue.ADVICE)
"""Beside these it does not matter that something may be or will be."""
_POINTS_BACK = re.compile(
    r"(?:this|that|these|those|it|they|he|she|such|in hindsight|with hindsight|looking back|in retrospect|"
    r"next time|in future|the (?:lesson|reason|cause|result)|we should)\b",
    re.IGNORECASE,
)
_EFFECT_FIRST = re.compile(
    r"(?:as a result\b(?! of)|consequently|therefore|this (?:led|meant|caused|resulted|cost|delayed|forced)|"
    r"the (?:result|effect|consequence) was)\b",
    re.IGNORECASE,
)
_CAUSE_FIRST = re.compile(
    r"(?:this (?:was|is|happened) (?:mainly |mostly |partly |partially )?(?:because|due|caused|attributed)|"
    r"the (?:root |main |real |underlying )?(?:cause|reason)s? )",
    re.IGNORECASE,
)
_DO_IT = re.compile(r"(?:should|ought|better|would(?: probably| likely)? have been)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Told:
    """Statements that tell one observation."""

    statements: tuple[Statement, ...]
    confidence: float
    reason: str
    context: Context | None
    title: str = ""


def mine(parsed: Parsed, title: str = "") -> list[Observation]:
    """The observations in a body, in its order, each once; *title* is that of the document."""
    found: dict[tuple[str, ...], Observation] = {}
    for told in _told(statements.read(parsed, title), title):
        if told.confidence >= THRESHOLD:
            one = _observation(told)
            found.setdefault(one.quotes, one)
    return list(found.values())


def _told(read: Iterable[Statement], title: str) -> Iterator[_Told]:
    blocks = [tuple(group) for _, group in groupby(read, lambda one: one.place.block)]
    for unit in _joined(blocks):
        context = cues.context(unit[0].headings) or cues.of_title(title)
        yield from _row(unit, context) if unit[0].place.column >= 0 else _unit(unit, context)


def _joined(blocks: Iterable[tuple[Statement, ...]]) -> Iterator[tuple[Statement, ...]]:
    """Blocks, those put together that tell one thing."""
    gathered: tuple[Statement, ...] = ()
    for block in blocks:
        if gathered and not _goes_on(gathered, block):
            yield gathered
            gathered = ()
        gathered += block
    if gathered:
        yield gathered


def _goes_on(above: Sequence[Statement], block: Sequence[Statement]) -> bool:
    """Whether *block* is an entry below the one *above*, or begins with the label of another field."""
    first, here = above[0], block[0]
    if here.headings != first.headings or here.place.column >= 0 or first.place.column >= 0:
        return False
    if here.label and above[-1].label:
        return here.label not in {one.label for one in above}
    return here.indent > first.indent >= 0 and len(above) + len(block) <= _MOST


def _unit(unit: tuple[Statement, ...], context: Context | None) -> Iterator[_Told]:
    """What a paragraph or a list entry tells."""
    labels = {one.label for one in unit} & set(_TELLS)
    if len(labels) > 1:
        lead = next((one.text for one in unit if not one.label), "")
        yield _Told(unit, 0.95, _labelled(labels, context), context, lead.rstrip("."))
    elif context and context.weight >= OWN:
        yield from _whole(unit, context)
    else:
        yield from _runs(unit, context)


def _row(unit: tuple[Statement, ...], context: Context | None) -> Iterator[_Told]:
    """What a row of a table tells: one lesson, or something in each cell."""
    cells = [tuple(group) for _, group in groupby(unit, lambda one: one.place.column)]
    first = cues.context((cells[0][0].column,))
    if first and first.section is Section.LEFT_OUT and not (context and context.weight >= OWN):
        return
    fields = {cell[0].column: cues.label(cell[0].column) for cell in cells}
    labels = set(fields.values()) & set(_TELLS)
    if len(labels) > 1 and "event" in labels | ({"event"} if context and context.weight >= OWN else set()):
        yield _as_lesson(cells, fields, context)
        return
    for cell in cells:
        above = cues.context((cell[0].column,))
        if above and above.weight >= OWN:
            yield from _whole(cell, above)
        elif sum(len(one.text.split()) for one in cell) >= _CELL_WORDS:
            yield from _unit(cell, context)


def _as_lesson(
    cells: Sequence[tuple[Statement, ...]], fields: Mapping[str, str], context: Context | None
) -> _Told:
    told = tuple(
        replace(one, label=fields[one.column]) for cell in cells for one in cell if fields[one.column]
    )
    named = [cell[0].text for cell in cells if not fields[cell[0].column] and len(cell[0].text.split()) > 2]
    sure = context is not None and context.weight >= OWN
    labels = set(fields.values()) & set(_TELLS)
    whole = {"event", "recommendation"} <= labels
    confidence = 0.95 if sure else 0.85 if whole else 0.6
    return _Told(told, confidence, _labelled(labels, context), context, named[0] if named else "")


def _whole(unit: tuple[Statement, ...], context: Context) -> Iterator[_Told]:
    """A paragraph or an entry of a section that is about nothing but observations."""
    found = [(one, cues.cues(one.text)) for one in unit]
    kept = [(one, cue) for one, cue in found if Cue.UNSAID not in cue and Cue.QUESTION not in cue]
    if not kept or _in_between(unit):
        return
    best = max(_sum(cue) for _, cue in kept)
    words = sum(len(one.text.split()) for one, _ in kept)
    confidence = min(_SURE, 1 - (1 - context.weight) * (1 - best)) * _SHORT.get(words, 1.0)
    reason = _said(context, [cue for _, cue in kept])
    yield _Told(tuple(one for one, _ in kept), confidence, reason, context)


def _in_between(unit: Sequence[Statement]) -> bool:
    """Whether a paragraph leads up to something that is no text, such as a command, or goes on after it."""
    return unit[0].indent < 0 and (unit[-1].text.endswith(":") or unit[0].text[:1].islower())


def _runs(unit: tuple[Statement, ...], context: Context | None) -> Iterator[_Told]:
    """Sentences of a text about anything: those that give themselves away, with what belongs to them."""
    found = [cues.cues(one.text) for one in unit]
    explained = [
        dict[Cue, Found](),
        *(cue if _follows(one) else {} for one, cue in zip(unit, found, strict=True)),
    ]
    scores = [_score({**more, **cue}, context) for cue, more in zip(found, [*explained[2:], {}], strict=True)]
    place = 0
    while place < len(unit):
        if scores[place] < THRESHOLD:
            place += 1
            continue
        first, last = place, place + 1
        if first and _POINTS_BACK.match(unit[first].text) and scores[first - 1] < THRESHOLD:
            first -= 1
        while last < len(unit) and (scores[last] >= THRESHOLD or _follows(unit[last])):
            last += 1
        chosen = found[place:last]
        yield _Told(tuple(unit[first:last]), max(scores[place:last]), _said(context, chosen), context)
        place = last


def _follows(statement: Statement) -> bool:
    return bool(_EFFECT_FIRST.match(statement.text) or _CAUSE_FIRST.match(statement.text))


def _score(found: Mapping[Cue, Found], context: Context | None) -> float:
    """How surely a sentence of a text about anything is an observation."""
    if Cue.UNSAID in found or Cue.QUESTION in found:
        return 0.0
    score = _sum(found)
    if Cue.UNREAL in found and not any(cue in found for cue in _REAL):
        score *= 1 + found[Cue.UNREAL].weight
    if context and context.section is Section.LEFT_OUT:
        return min(_SURE, score) * _LEFT_OUT
    return min(_SURE, 1 - (1 - (context.weight if context else 0.0)) * (1 - score)) if score else 0.0


def _sum(found: Mapping[Cue, Found]) -> float:
    """As chances that are independent."""
    return 1 - prod(1 - one.weight for one in found.values() if one.weight > 0)


def _labelled(labels: set[str], context: Context | None) -> str:
    names = [name for name in _TELLS if name in labels]
    under = f", under “{context.heading}”" if context and context.weight >= OWN else ""
    return f"It names {', '.join(names[:-1])} and {names[-1]}{under}."


def _said(context: Context | None, found: Sequence[Mapping[Cue, Found]]) -> str:
    """Why statements with these cues were taken."""
    first: dict[Cue, str] = {}
    for cue in found:
        for name, one in cue.items():
            if one.weight > 0:
                first.setdefault(name, f"“{shorten(one.words, 40)}”")
    says = f"says {', '.join(list(first.values())[:3])}" if first else ""
    known = context and context.section is not Section.LEFT_OUT
    under = f"stands under “{shorten(context.heading, 60)}”" if context and known else ""
    return f"It {' and '.join(filter(None, (under, says)))}."


def _observation(told: _Told) -> Observation:
    said = _fields(told)
    quotes = tuple(one.text for one in told.statements)
    return Observation(
        title=shorten(told.title or quotes[0], _TITLE_LENGTH).rstrip("."),
        said=said,
        quotes=(told.title, *quotes) if told.title and told.title.rstrip(".") not in quotes[0] else quotes,
        headings=told.statements[0].headings,
        start=min(one.start for one in told.statements),
        end=max(one.end for one in told.statements),
        confidence=round(told.confidence, 2),
        reason=told.reason,
    )


def _fields(told: _Told) -> LessonFields:
    """The statements by field; a cause or an effect that is said in passing is given by its clause."""
    texts: dict[str, list[str]] = {}
    clauses: dict[str, str] = {}
    seen: list[Mapping[Cue, Found]] = []
    for one in told.statements:
        if not one.label and told.title and one.text.rstrip(".") == told.title:
            continue
        found = cues.cues(one.text)
        seen.append(found)
        field = one.label or _field(one.text, found, told.context)
        texts.setdefault(field, []).append(one.text)
        if field == "event":
            clauses |= _clauses(one.text, found)
    filled = {name: " ".join(said) for name, said in texts.items()}
    labelled = any(one.label for one in told.statements)
    said = LessonFields(polarity=_polarity(told.context, [] if labelled else seen))
    return replace(said, **(filled if labelled else clauses | filled))


def _field(text: str, found: Mapping[Cue, Found], context: Context | None) -> str:
    if _EFFECT_FIRST.match(text):
        return "effect"
    if _CAUSE_FIRST.match(text):
        return "causes"
    ought = Cue.COUNTERFACTUAL in found and _DO_IT.match(found[Cue.COUNTERFACTUAL].words)
    advises = {Cue.NEXT_TIME, Cue.ADVICE, Cue.SHOULD} & found.keys()
    if context and context.section is Section.CAUSES:
        return "causes"
    if ought or advises or (context and context.section is Section.ADVICE):
        return "recommendation"
    return "event"


def _clauses(text: str, found: Mapping[Cue, Found]) -> dict[str, str]:
    """The part of *text* that begins with words for a cause, and that with words for an effect."""
    starts = {
        field: found[cue].start
        for field, cue in (("causes", Cue.CAUSE), ("effect", Cue.EFFECT))
        if cue in found and found[cue].start > 0
    }
    ends = {
        field: min([other for other in starts.values() if other > start], default=len(text))
        for field, start in starts.items()
    }
    said = {field: text[start : ends[field]].strip(" ,;:–—.") for field, start in starts.items()}
    return {field: clause for field, clause in said.items() if len(clause.split()) > 2}


def _polarity(context: Context | None, seen: Sequence[Mapping[Cue, Found]]) -> Polarity | None:
    if context and context.section is Section.LUCK:
        return None
    if context and context.section in (Section.WELL, Section.BADLY):
        return Polarity.POSITIVE if context.section is Section.WELL else Polarity.NEGATIVE
    ill = any(cue in found for found in seen for cue in (Cue.BADLY, Cue.COUNTERFACTUAL, Cue.HINDSIGHT))
    good = any(cue in found for found in seen for cue in (Cue.WELL, Cue.GOOD))
    if ill == good:
        return None
    return Polarity.NEGATIVE if ill else Polarity.POSITIVE
