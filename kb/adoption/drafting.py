"""A plan drafted from the practices' own words: each step cites what it comes from. Pure.

What no practice says, such as the decision to begin, is marked as the consultant's own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from kb.adoption.barriers import CHECKS
from kb.adoption.values import (
    Barrier,
    Experience,
    Fulfilment,
    Height,
    KpiDraft,
    Source,
    Stage,
    StepDraft,
    Team,
)
from kb.practices import reading
from kb.practices.reading import WORKING_DAYS, PracticeStep, Rhythm
from kb.text import NUMBERS, references, shorten
from kb.values import PracticeFields

LEAD = "Adoption lead"
"""Who answers for the plan in the team."""
SPONSOR = "Sponsor"
_ANALYST = "PMO analyst"
_HOURS = 7.5
"""Of a working day."""
_TOGETHER = 8
"""People of a team who sit together, at most."""
_USUAL = {Rhythm.ONCE: 1.0, Rhythm.AGAIN: 0.5, Rhythm.LATE: 0.5}
"""Person-days of a step that names no time."""
_LONGEST = 63
"""Working days of one step, at most: three months."""
_MONTH = WORKING_DAYS["month"]
_ROUNDS: tuple[tuple[str, int], ...] = (
    ("daily|every morning|every day", 5),
    ("weekly|every week|each week|twice a week", 10),
    ("fortnightly|every fortnight|every two weeks", 10),
    ("monthly|every month|each month", _MONTH),
    ("quarterly|every quarter|each quarter", _LONGEST),
    ("twice a year|once a year", _LONGEST),
)
"""Working days in which the first rounds of a rhythm can be seen: two weeks of a weekly one, and so on."""
_ROUND = 10
_WAIT = re.compile(
    r"\b(\d+|one|two|three|four|five|six|eight|nine|twelve)\b[^.]*?\b(day|week|month)s?\b", re.I
)
_MINUTES = re.compile(
    r"(?P<unit>minutes?\s|hours?\s|)(?:\d+\s*(?:–|-)\s*)?(?P<last>\d+)(?:\.\s|:\s|\s\()", re.IGNORECASE
)
"""How the parts of a meeting begin: `Minutes 0–10.`, `10–25.`, `Hours 2–3:`."""
_QUOTE = 300
_TITLE = 120
_MOST = 3
"""Training and templates taken in for one practice, of each."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Training or a template that helps with a practice."""

    ref: str
    title: str
    hours: float | None = None
    """Of training."""
    part: str = ""
    quote: str = ""
    """How the text that makes it fit begins."""


@dataclass(frozen=True, slots=True)
class Adoptable:
    """A practice to be taken up, with what is known of it here."""

    ref: str
    title: str
    fields: PracticeFields
    preconditions: Mapping[str, Fulfilment] = field(default_factory=dict[str, Fulfilment])
    """What the person said of each; what they did not is unknown."""
    training: tuple[Offer, ...] = ()
    templates: tuple[Offer, ...] = ()


@dataclass(slots=True)
class _Written:
    """The steps so far."""

    steps: list[StepDraft] = field(default_factory=list[StepDraft])

    def add(self, step: StepDraft) -> int:
        """The place of the step."""
        self.steps.append(step)
        return len(self.steps) - 1


def draft(
    practices: Sequence[Adoptable], team: Team, barriers: Mapping[Barrier, Height]
) -> tuple[tuple[StepDraft, ...], tuple[KpiDraft, ...]]:
    """Steps and figures by which *team* takes up *practices*.

    All are prepared together; then one after the other is put to use, those first that others refer to.
    """
    written = _Written()
    ordered = _in_order(practices)
    begun = _initiation(written, ordered, team, barriers)
    last: tuple[int, ...] = (begun,)
    ends: list[int] = []
    for practice in ordered:
        last = _implementation(written, practice, team, last)
        ends += _ramp_up(written, practice, team, last)
    _close(written, ends)
    return _by_stage(written.steps), tuple(kpi for practice in ordered for kpi in _kpis(practice))


def _by_stage(steps: Sequence[StepDraft]) -> tuple[StepDraft, ...]:
    """*steps* with those of one stage together, otherwise in their order."""
    stages = list(Stage)
    order = sorted(range(len(steps)), key=lambda place: stages.index(steps[place].stage))
    places = {old: new for new, old in enumerate(order)}
    return tuple(
        replace(steps[old], after=tuple(sorted(places[other] for other in steps[old].after))) for old in order
    )


def _in_order(practices: Sequence[Adoptable]) -> list[Adoptable]:
    """As given, but that a practice comes after those that its steps refer to; a ring stays as given."""
    waiting = list(practices)
    found: list[Adoptable] = []
    while waiting:
        refs = {one.ref for one in waiting}
        ready = [one for one in waiting if not (references(one.fields.steps) & refs) - {one.ref}]
        chosen = (ready or waiting)[0]
        found.append(chosen)
        waiting.remove(chosen)
    return found


def _initiation(
    written: _Written, practices: Sequence[Adoptable], team: Team, barriers: Mapping[Barrier, Height]
) -> int:
    aim = written.add(
        StepDraft(
            Stage.INITIATION,
            "Agree what is to be better, for whom and by when",
            "One page, signed by the sponsor: the trouble at present in figures, the practices chosen, who "
            "leads the adoption in the team, and what would make us stop.",
            SPONSOR,
            0.5,
            3,
        )
    )
    before = [
        written.add(
            StepDraft(
                Stage.INITIATION,
                CHECKS[barrier].counter,
                CHECKS[barrier].how,
                LEAD,
                1.0 if height is Height.SOME else 2.0,
                3 if height is Height.SOME else 5,
                (aim,),
            )
        )
        for barrier, height in barriers.items()
        if height is not Height.LOW
    ]
    for practice in practices:
        before += _prepare(written, practice, aim)
    return written.add(
        StepDraft(
            Stage.INITIATION,
            f"Decide to begin in {team.name}",
            "The sponsor decides with the baseline and the open preconditions in view: begin, begin "
            "smaller, or leave it. Line managers release the effort of this plan.",
            SPONSOR,
            0.25,
            1,
            tuple(before) or (aim,),
        )
    )


def _prepare(written: _Written, practice: Adoptable, aim: int) -> list[int]:
    fields = practice.fields
    found: list[int] = []
    if fields.problem:
        found.append(
            written.add(
                StepDraft(
                    Stage.INITIATION,
                    f"Check that its problem is ours: {practice.title}",
                    "Read it with the team and find two events of our own, or leave the practice. It is "
                    f"against this: {reading.plain(fields.problem)}",
                    LEAD,
                    0.5,
                    2,
                    (aim,),
                    source=_source(practice, "Problem", fields.problem),
                )
            )
        )
    first = (found[0] if found else aim,)
    found += _preconditions(written, practice, first)
    measures = reading.measures(fields)
    if measures:
        names = "; ".join(measure.name for measure in measures)
        found.append(
            written.add(
                StepDraft(
                    Stage.INITIATION,
                    f"Measure the baseline of {len(measures)} figures: {practice.title}",
                    "From records of the last three months where there are any, otherwise from now on: "
                    f"{names}. A figure that can't be read now is replaced or dropped.",
                    _ANALYST,
                    round(0.5 * len(measures), 2),
                    10,
                    first,
                    source=_source(practice, "KPIs", fields.kpis),
                )
            )
        )
    return found


def _preconditions(written: _Written, practice: Adoptable, after: tuple[int, ...]) -> list[int]:
    """One step for each that does not hold, and one to find out about those of which nothing is known."""
    said = reading.preconditions(practice.fields)
    source = _source(practice, "Preconditions", practice.fields.preconditions)
    states = {one: practice.preconditions.get(one, Fulfilment.UNKNOWN) for one in said}
    unknown = [one for one in said if states[one] is Fulfilment.UNKNOWN]
    found: list[int] = []
    if unknown:
        title = f"Find out whether its preconditions hold: {practice.title}"
        text = "Ask those concerned, and write down yes or no: " + "; ".join(map(_lower, unknown)) + "."
        found.append(
            written.add(StepDraft(Stage.INITIATION, title, text, LEAD, 0.5, 3, after, source=source))
        )
    for one in (one for one in said if states[one] is Fulfilment.NOT_MET):
        title = shorten(f"Bring about: {_lower(one)}", _TITLE)
        text = f"{practice.title} does not work without it: {_lower(one)}."
        found.append(
            written.add(StepDraft(Stage.INITIATION, title, text, SPONSOR, 2.0, 15, after, source=source))
        )
    return found


def _implementation(
    written: _Written, practice: Adoptable, team: Team, after: tuple[int, ...]
) -> tuple[int, ...]:
    ready: list[int] = []
    if team.experience is not Experience.MUCH:
        ready += [written.add(_train(offer, team, after)) for offer in _courses(practice)]
    ready += [written.add(_fit(offer, after)) for offer in practice.templates[:_MOST]]
    last = tuple(ready) or after
    for parts in _sittings([step for step in reading.steps(practice.fields) if _at_once(step)]):
        step = (
            _step(practice, parts[0], team, Stage.IMPLEMENTATION, last)
            if len(parts) == 1
            else _sitting(practice, parts, team, last)
        )
        last = (written.add(step),)
    return last


def _sittings(steps: Sequence[PracticeStep]) -> list[list[PracticeStep]]:
    """*steps* one by one, but those of one meeting, told by minutes or hours, together."""
    found: list[list[PracticeStep]] = []
    for step in steps:
        inside = _MINUTES.match(step.text)
        if inside and found and _MINUTES.match(found[-1][-1].text):
            found[-1].append(step)
        else:
            found.append([step])
    return found


def _sitting(
    practice: Adoptable, parts: Sequence[PracticeStep], team: Team, after: tuple[int, ...]
) -> StepDraft:
    """One meeting for the first time."""
    people = min(team.size, _TOGETHER)
    last = _MINUTES.match(parts[-1].text)
    number, hourly = (float(last["last"]), last["unit"].lower().startswith("h")) if last else (60.0, False)
    hours = number if hourly else number / 60
    return StepDraft(
        Stage.IMPLEMENTATION,
        shorten(f"Hold the first one, {hours:.2g} hours: {practice.title}", _TITLE),
        "\n".join(part.text for part in parts),
        next((part.who for part in parts if part.who), LEAD),
        max(0.1, round(people * hours / _HOURS, 1)),
        max(1, ceil(hours / _HOURS)),
        after,
        source=_source(practice, "Steps", parts[0].text),
    )


def _courses(practice: Adoptable) -> list[Offer]:
    """The most fitting course, and others that take no longer than a day."""
    return [
        offer
        for place, offer in enumerate(practice.training[:_MOST])
        if place == 0 or (offer.hours or _HOURS) <= _HOURS
    ]


def _train(offer: Offer, team: Team, after: tuple[int, ...]) -> StepDraft:
    """A newcomer to the subject trains the whole team; one that knows something, half of it."""
    people = team.size if team.experience is Experience.NONE else ceil(team.size / 2)
    hours = offer.hours or _HOURS
    return StepDraft(
        Stage.IMPLEMENTATION,
        shorten(f"Train {people} {'person' if people == 1 else 'people'}: {offer.title}", _TITLE),
        f"{hours:g} hours for each, {offer.ref}. Those who train come from those who will use the practice.",
        LEAD,
        round(people * hours / _HOURS, 1),
        max(2, ceil(hours / _HOURS * 3)),
        after,
        source=Source(offer.ref, offer.part, offer.quote),
    )


def _fit(offer: Offer, after: tuple[int, ...]) -> StepDraft:
    return StepDraft(
        Stage.IMPLEMENTATION,
        shorten(f"Fit the template to the team: {offer.title}", _TITLE),
        f"Take out of {offer.ref} what nobody will read, fill it once with a real case, and try it on a "
        "colleague.",
        LEAD,
        0.5,
        2,
        after,
        source=Source(offer.ref, offer.part, offer.quote),
    )


def _at_once(step: PracticeStep) -> bool:
    """Whether it belongs to the first time through; what a practice begins with always does."""
    return step.rhythm is Rhythm.ONCE or step.number == 1


def _ramp_up(written: _Written, practice: Adoptable, team: Team, after: tuple[int, ...]) -> list[int]:
    """First rounds, pitfalls and figures; and what comes much later."""
    steps = [step for step in reading.steps(practice.fields) if not _at_once(step)]
    later = [step for step in steps if step.rhythm is Rhythm.LATE or _duration(step, 1.0) > _MONTH]
    rounds = [
        written.add(_step(practice, step, team, Stage.RAMP_UP, after)) for step in steps if step not in later
    ]
    seen = tuple(rounds) or after
    pitfalls = reading.pitfalls(practice.fields)
    ends: list[int] = []
    if pitfalls:
        ends.append(
            written.add(
                StepDraft(
                    Stage.RAMP_UP,
                    f"Look for the known pitfalls and adjust: {practice.title}",
                    "With two users and one critic: " + "; ".join(map(_lower, pitfalls)) + ".",
                    LEAD,
                    0.5,
                    3,
                    seen,
                    0 if rounds else _ROUND,
                    source=_source(practice, "Pitfalls", practice.fields.pitfalls),
                )
            )
        )
    seen = tuple(ends) or seen
    if practice.fields.kpis:
        first = written.add(_figures(practice, Stage.RAMP_UP, seen, 0))
        ends.append(written.add(_figures(practice, Stage.INTEGRATION, (first,), _LONGEST)))
        seen = (first,)
    ends += [written.add(_step(practice, step, team, Stage.INTEGRATION, seen)) for step in later]
    return ends or list(seen)


def _figures(practice: Adoptable, stage: Stage, after: tuple[int, ...], lag: int) -> StepDraft:
    measures = reading.measures(practice.fields)
    against = "the baseline" if stage is Stage.RAMP_UP else "the targets"
    wanted = "; ".join(f"{one.name} ({one.target})" if one.target else one.name for one in measures)
    return StepDraft(
        stage,
        f"Read the figures against {against}: {practice.title}",
        f"{wanted}. Enter the readings in this plan; a figure that moved the wrong way gets a cause and an "
        "owner.",
        _ANALYST,
        round(0.25 * len(measures), 2),
        3,
        after,
        lag,
        source=_source(practice, "KPIs", practice.fields.kpis),
    )


def _close(written: _Written, after: Sequence[int]) -> None:
    decided = written.add(
        StepDraft(
            Stage.INTEGRATION,
            "Decide on the figures: keep it, adapt it or stop it",
            "Half an hour with the sponsor and two users: what the figures say, what it cost, what users "
            "would miss.",
            SPONSOR,
            0.25,
            1,
            tuple(after),
        )
    )
    written.add(
        StepDraft(
            Stage.INTEGRATION,
            "Make it part of the process, and tell what came of it",
            "Put it into the process description, the introduction of newcomers and the review calendar, "
            "with an owner in the line. Record the outcome on the practice's page and write the lesson, "
            "good or bad.",
            LEAD,
            1.0,
            5,
            (decided,),
        )
    )


def _step(
    practice: Adoptable, step: PracticeStep, team: Team, stage: Stage, after: tuple[int, ...]
) -> StepDraft:
    people = min(team.size, _TOGETHER) if step.together else 1
    effort = _USUAL[step.rhythm] if step.hours is None else max(0.1, round(step.hours * people / _HOURS, 1))
    again = step.rhythm is Rhythm.AGAIN and not _at_once(step)
    rounds = f"First rounds, {_lower(step.when)}" if step.when else "First rounds"
    headline = f"{rounds}: {_lower(step.headline)}" if again else step.headline
    return StepDraft(
        stage,
        shorten(headline, _TITLE),
        step.text,
        step.who or LEAD,
        effort,
        _duration(step, effort / people),
        after,
        _wait(step) if step.rhythm is Rhythm.LATE else 0,
        source=_source(practice, "Steps", step.text),
    )


def _duration(step: PracticeStep, each: float) -> int:
    """Working days: as it says, the first rounds of a rhythm, or twice the effort of each who takes part."""
    if step.rhythm is Rhythm.AGAIN and not _at_once(step):
        begins = f"{step.when} {step.text}"[:60].lower()
        return next((days for words, days in _ROUNDS if re.search(rf"\b(?:{words})\b", begins)), _ROUND)
    if step.days is not None and step.rhythm is Rhythm.ONCE:
        return min(step.days, _LONGEST)
    return max(1, ceil(2 * each))


def _wait(step: PracticeStep) -> int:
    """Working days before a late step: as it says, for the first time."""
    begins = f"{step.when} {step.text}"[:60].lower()
    match = _WAIT.search(begins)
    if not match:
        return 0
    number = NUMBERS.get(match[1]) or int(match[1])
    return min(number * WORKING_DAYS[match[2]], 12 * _MONTH)


def _kpis(practice: Adoptable) -> list[KpiDraft]:
    source = _source(practice, "KPIs", practice.fields.kpis)
    return [KpiDraft(one.name, one.target, source=source) for one in reading.measures(practice.fields)]


def _source(practice: Adoptable, part: str, text: str) -> Source:
    return Source(practice.ref, part, shorten(reading.plain(text), _QUOTE))


def _lower(text: str) -> str:
    """As it stands inside a sentence; abbreviations stay."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
