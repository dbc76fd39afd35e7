"""The filters that a query holds: from what was typed to values that exist."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from kb.values import Filters
from kb.vocabulary import Approach, FacetName, Kind, KnowledgeArea, Phase, Sector, term
from search.terms import DAYS, FACETS, QueryError, Term

_VOCABULARIES: dict[FacetName, tuple[str, type[StrEnum]]] = {
    FacetName.KIND: ("kind", Kind),
    FacetName.PHASE: ("phase", Phase),
    FacetName.AREA: ("knowledge area", KnowledgeArea),
    FacetName.SECTOR: ("sector", Sector),
    FacetName.APPROACH: ("approach", Approach),
}
_Values = dict[FacetName, tuple[str, ...]]


def read(text: str, named: Iterable[Term], given: Filters) -> Filters:
    """*given* and the filters *named* in the query *text*. Raises QueryError for a value there is not."""
    facets, without, days = dict(given.facets), dict(given.without), given
    for one in named:
        if one.name in DAYS:
            days = _narrowed(days, one, _day(text, one))
        else:
            name, values = FACETS[one.name], without if one.unwanted else facets
            values[name] = (*values.get(name, ()), _facet_value(text, one))
    return Filters(_each_once(facets), days.before, days.after, _each_once(without))


def _each_once(values: _Values) -> _Values:
    return {name: tuple(dict.fromkeys(found)) for name, found in values.items() if found}


def _narrowed(days: Filters, one: Term, day: date) -> Filters:
    """*days* within the bound that *one* sets as well; not before a day means from it on."""
    if (one.name == "before") != one.unwanted:
        return replace(days, before=min(day, days.before or day))
    return replace(days, after=max(day, days.after or day))


def _facet_value(text: str, one: Term) -> str:
    """The value that the filter *one* asks for. Raises QueryError when there is no such."""
    name, value = FACETS[one.name], one.value.strip()
    if name in _VOCABULARIES:
        return _known(text, one, *_VOCABULARIES[name])
    if name is FacetName.YEAR and not re.fullmatch(r"[1-9]\d{3}", value):
        raise QueryError(
            f"{_written(one)} is not a year; write year:2019, or after:2015 before:2020.", text, one
        )
    if not value:
        raise QueryError(
            f'{one.name}: names nothing; write {one.name}:value or {one.name}:"some words".', text, one
        )
    return value


def _known(text: str, one: Term, noun: str, vocabulary: type[StrEnum]) -> str:
    if found := _term(vocabulary, one.value):
        return found
    near = get_close_matches(one.value.lower(), list(vocabulary), n=1)
    if near:
        meant = f"{'-' if one.unwanted else ''}{one.name}:{near[0]}"
        raise QueryError(
            f"{_written(one)} is not a {noun}; did you mean {one.name}:{near[0]}?", text, one, meant
        )
    raise QueryError(f"{_written(one)} is not a {noun}; write one of {', '.join(vocabulary)}.", text, one)


def _term(vocabulary: type[StrEnum], value: str) -> str | None:
    """The one term that *value* names: whole, as singular or plural, or by a word that no other term has."""
    for spelling in (value, value.lower().removesuffix("s"), f"{value}s"):
        if found := term(vocabulary, spelling):
            return found
    holding = [one for one in vocabulary if value.lower() in one.split("_")]
    return holding[0] if len(holding) == 1 else None


def _written(one: Term) -> str:
    return (
        f'{one.name}:"{one.value}"'
        if re.search(r"\s", one.value) or not one.value
        else f"{one.name}:{one.value}"
    )


def _day(text: str, one: Term) -> date:
    """A day, or the first day of a month or year."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", one.value)
    try:
        if match:
            return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        pass
    name = one.name
    raise QueryError(
        f"{_written(one)} is not a date; write {name}:2020, {name}:2020-06 or {name}:2020-06-30.", text, one
    )
