"""Texts as the cells of a workbook: dates, numbers, and what only looks like them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"([-−]?)((?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*))(?:\.(\d+))?")
_CODE = re.compile(r"0\d+|\d+(?:\.\d+){2,}|\d{4}-\d{2}")
"""A number that names something: an account, an outline, a month."""
_MAX_DIGITS = 15
"""What a workbook keeps of a number."""
_FIRST_YEAR = 1900
DAY_FORMAT = "yyyy-mm-dd"
TEXT_FORMAT = "@"
NUMBER_FORMAT = "General"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with the format that shows it as it was written; none for a text."""

    value: str | float | date
    format: str = ""


def cell(text: str, *, literal: bool = False) -> Cell:
    """*text* as a date or number where it is one; where it stands *literal*, only as a date."""
    day = _day(text)
    if day:
        return Cell(day, DAY_FORMAT)
    found = _NUMBER.fullmatch(text)
    if found is None or literal or len(re.sub(r"\D", "", text)) > _MAX_DIGITS:
        return Cell(text)
    sign, whole, decimals = found[1], found[2].replace(",", ""), found[3]
    shown = "#,##0" if "," in found[2] else "0"
    value = float(f"{whole}.{decimals or 0}")
    return Cell(-value if sign else value, shown + ("." + "0" * len(decimals) if decimals else ""))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None
    return day if day and day.year > _FIRST_YEAR else None


def literal(choices: Iterable[str], examples: Iterable[str], *, reckoned: bool = False) -> bool:
    """Whether a column's numbers are texts: it offers choices that are none, or codes or words stand in it.

    A column that a formula uses is *reckoned* with: words among its numbers do not matter.
    """
    if any(_is_word(choice) for choice in choices):
        return True
    texts = list(examples)
    return any(_CODE.fullmatch(text) for text in texts) or (
        not reckoned and any(map(_is_word, texts)) and not all(map(_is_word, texts))
    )


def numeric(examples: Iterable[str]) -> bool:
    """Whether a column holds numbers and nothing else."""
    values = [cell(text).value for text in examples]
    return bool(values) and all(isinstance(value, float) for value in values)


def _is_word(text: str) -> bool:
    return isinstance(cell(text).value, str)


def dated(examples: Iterable[str]) -> bool:
    """Whether a column holds dates and nothing else."""
    days = [_day(text) for text in examples]
    return bool(days) and all(days)
