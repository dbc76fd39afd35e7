"""Working days: weekdays of a team without the holidays of its country and its own days off. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from kb.errors import InvalidError

_DAY = timedelta(days=1)
_LAST_YEAR = 2100
"""Nothing is planned beyond it."""
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days a team works."""

    weekdays: frozenset[int] = frozenset(range(5))
    """0 is Monday."""
    country: str = ""
    """Such as `DE` or `GB-ENG`, whose public holidays are days off; empty = none are."""
    days_off: frozenset[date] = frozenset()
    """The team's own."""

    def __post_init__(self) -> None:
        """Refuse a week without work and a country that nobody knows."""
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise InvalidError("Choose at least one working day of the week.")
        if self.country and self.country not in countries():
            raise InvalidError(
                f"No holidays are known for {self.country!r}; write DE or GB-ENG, for example."
            )

    def works(self, day: date) -> bool:
        """Whether *day* is a working day."""
        if day.weekday() not in self.weekdays or day in self.days_off:
            return False
        return day not in _holidays(self.country, day.year) if self.country else True

    def first(self, day: date) -> date:
        """*day*, or the first working day after it. Raises InvalidError when there is none in our time."""
        while not self.works(day):
            day = self._next(day)
        return day

    def after(self, day: date) -> date:
        """The first working day after *day*."""
        return self.first(self._next(day))

    def before(self, day: date) -> date:
        """The last working day before *day*."""
        day -= _DAY
        while not self.works(day):
            day -= _DAY
        return day

    def forward(self, day: date, days: int) -> date:
        """*days* working days after *day*, a working day itself."""
        for _ in range(days):
            day = self.after(day)
        return day

    def back(self, day: date, days: int) -> date:
        """*days* working days before *day*, a working day itself."""
        for _ in range(days):
            day = self.before(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Working days from *first* to *last*, the last not counted; 0 when it is not later."""
        return sum(self.works(first + _DAY * number) for number in range((last - first).days))

    def _next(self, day: date) -> date:
        if day.year >= _LAST_YEAR:
            raise InvalidError(f"The plan would last beyond the year {_LAST_YEAR}.")
        return day + _DAY


@cache
def countries() -> frozenset[str]:
    """Countries, and parts of them such as `GB-ENG`, whose holidays are known."""
    known = {code: parts for code, parts in holidays.list_supported_countries().items() if len(code) == 2}
    return frozenset(known) | {f"{code}-{part}" for code, parts in known.items() for part in parts}


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    code, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))
