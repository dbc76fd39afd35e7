"""Hours of continuing professional development, counted by the rules of professional bodies in cpd.toml."""

import re
import tomllib
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from kb.errors import NotFoundError
from kb.learning.records import Certificate, Completion
from kb.learning.values import Activity, Result, Side

_FILE = Path(__file__).with_name("cpd.toml")


@dataclass(frozen=True, slots=True)
class Rule:
    """How many hours of some kind a body asks for at least, or counts at most; they are told in any case."""

    name: str
    group: str = ""
    """Empty for any, as all that follows."""
    side: Side | None = None
    activity: Activity | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a body asks of those who hold some of its certificates."""

    key: str
    name: str
    body: str
    unit: str
    certificates: tuple[str, ...]
    """Words by which titles of certificates name them."""
    months: int
    """Of a cycle."""
    total: float
    rules: tuple[Rule, ...]
    source: str
    url: str
    checked: date
    rolling: bool = False
    """Whether the cycle always ends today."""
    activities: int = 1
    """Different ways of learning at least."""
    reflection: bool = False
    """Whether it asks what came of each piece of learning."""

    def names(self, title: str) -> bool:
        """Whether *title* is that of one of its certificates."""
        return any(re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", title) for one in self.certificates)


@dataclass(frozen=True, slots=True)
class Line:
    """A rule, and what there is."""

    rule: Rule
    hours: float
    counted: float
    """What of them is within this limit and those on ways of learning."""

    @property
    def missing(self) -> float:
        """Hours that are still asked for."""
        return max(0.0, (self.rule.least or 0) - self.hours)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands in a cycle of a scheme."""

    scheme: Scheme
    start: date
    end: date
    """The last day."""
    certificate: str
    """Title of what the cycle belongs to; empty when none is kept."""
    total: float
    """That counts, beyond no limit."""
    lines: tuple[Line, ...]
    counted: tuple[Completion, ...]
    """What was completed in the cycle and has hours, the newest first."""
    left_out: tuple[Completion, ...]
    """What was completed in the cycle but failed or has no hours."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still asked for, in sentences."""
        unit = self.scheme.unit
        said = [f"{self.scheme.total - self.total:g} {unit} in all"] if self.total < self.scheme.total else []
        said += [f"{one.missing:g} {unit}: {one.rule.name.lower()}" for one in self.lines if one.missing]
        if len({one.activity for one in self.counted}) < self.scheme.activities:
            said.append("another way of learning")
        silent = sum(not one.reflection for one in self.counted)
        if self.scheme.reflection and silent:
            said.append(f"what came of it, for {silent} of what was completed")
        return tuple(said)


def schemes() -> tuple[Scheme, ...]:
    """All that is known."""
    return _read()[0]


def scheme(wanted: str) -> Scheme:
    """One by key. Raises NotFoundError."""
    found = next((one for one in schemes() if one.key == wanted), None)
    if found is None:
        known = ", ".join(one.key for one in schemes())
        raise NotFoundError(f"No rules are known of {wanted[:60]!r}; there are {known}.")
    return found


def name(activity: Activity) -> str:
    """A way of learning in words."""
    return _read()[1][activity]["name"]


def group(activity: Activity, body: str) -> str:
    """What a body takes a way of learning for."""
    return _read()[1][activity][body]


def standing(
    wanted: Scheme,
    completions: Sequence[Completion],
    certificates: Iterable[Certificate],
    today: date,
    start: date | None = None,
) -> Standing:
    """How somebody stands in the cycle that holds *today*, or in the one that begins on *start*."""
    held = next((one for one in certificates if wanted.names(one.subject.title) and one.held(today)), None)
    first, last = _cycle(wanted, held, today, start)
    within = [one for one in completions if first <= one.dated <= last]
    counted = tuple(one for one in within if one.hours and one.result is not Result.FAILED)
    return Standing(
        wanted,
        first,
        last,
        held.subject.title if held else "",
        _total(wanted, counted),
        tuple(_line(wanted, rule, counted) for rule in wanted.rules),
        counted,
        tuple(one for one in within if one not in counted),
    )


def _cycle(wanted: Scheme, held: Certificate | None, today: date, start: date | None) -> tuple[date, date]:
    """Its first and last day: from the certificate's renewal if there is one, else up to today."""
    if start is None and held and held.expires and not wanted.rolling:
        start = _months(held.expires, -wanted.months) + timedelta(1)
    elif start is None and held and not wanted.rolling:
        start = held.issued
        while _months(start, wanted.months) <= today:
            start = _months(start, wanted.months)
    start = start or _months(today, -wanted.months) + timedelta(1)
    return start, _months(start, wanted.months) - timedelta(1)


def _months(day: date, months: int) -> date:
    """The same day so many *months* later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _total(wanted: Scheme, counted: Sequence[Completion]) -> float:
    """Hours that count when limits on ways of learning are kept within limits on their groups."""
    of_groups = {rule.group: rule.most for rule in wanted.rules if rule.group and rule.most is not None}
    groups: dict[str, float] = {}
    for way in Activity:
        known = group(way, wanted.body)
        within = _within(wanted, [one for one in counted if one.activity is way])
        groups[known] = groups.get(known, 0) + within
    return sum(min(hours, of_groups.get(known, hours)) for known, hours in groups.items())


def _line(wanted: Scheme, rule: Rule, counted: Sequence[Completion]) -> Line:
    of_it = [
        one
        for one in counted
        if (not rule.group or group(one.activity, wanted.body) == rule.group)
        and (rule.side is None or one.side is rule.side)
        and (rule.activity is None or one.activity is rule.activity)
    ]
    within = _within(wanted, of_it)
    return Line(rule, _hours(of_it), within if rule.most is None else min(within, rule.most))


def _within(wanted: Scheme, some: Sequence[Completion]) -> float:
    """Their hours within the limits on ways of learning."""
    limits = {rule.activity: rule.most for rule in wanted.rules if rule.activity and rule.most is not None}
    by_way = {way: _hours([one for one in some if one.activity is way]) for way in Activity}
    return sum(min(hours, limits.get(way, hours)) for way, hours in by_way.items())


def _hours(some: Sequence[Completion]) -> float:
    return sum(one.hours or 0 for one in some)


@cache
def _read() -> tuple[tuple[Scheme, ...], dict[Activity, dict[str, str]]]:
    found: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    known = tuple(_scheme(one, found["checked"]) for one in found["scheme"])
    return known, {Activity(key): said for key, said in found["activity"].items()}


def _scheme(said: dict[str, Any], checked: date) -> Scheme:
    rules = tuple(
        Rule(
            rule["name"],
            rule.get("group", ""),
            Side(rule["side"]) if "side" in rule else None,
            Activity(rule["activity"]) if "activity" in rule else None,
            rule.get("least"),
            rule.get("most"),
        )
        for rule in said["rules"]
    )
    given: dict[str, Any] = {**said, "certificates": tuple(said["certificates"]), "rules": rules}
    return Scheme(**given, checked=checked)
