"""Days, numbers and sizes as people write them."""

from datetime import UTC, date, datetime
from typing import Protocol


def day(value: date | None) -> str:
    """A day as people write it: `3 May 2019`."""
    return f"{value.day} {value:%B %Y}" if value else ""


def short_day(value: date) -> str:
    """A day where there is little room: `3 May 2019`, `11 Nov 2026`."""
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime) -> str:
    """A moment as people write it, in UTC."""
    at = value.astimezone(UTC)
    return f"{day(at.date())}, {at:%H:%M} UTC"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 result`, `2,045 results`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(octets: int) -> str:
    """`1.4 MB` for 1,400,000."""
    if octets < 1000:
        return f"{octets} bytes"
    value = float(octets)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 1000:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


def share(value: float | None) -> str:
    """`98.3%` for 0.983; a dash when there is nothing to share."""
    return "–" if value is None else f"{value:.1%}"


def percent(share: float) -> str:
    """A share as people write it: `82 %`; never more certain than `99 %`."""
    return f"{min(99, max(1, round(share * 100)))} %"


class Savings(Protocol):
    """A record, or a sum of them."""

    @property
    def saved(self) -> float | None:
        """Money, in `currency`."""
        ...

    @property
    def currency(self) -> str:
        """Three letters."""
        ...

    @property
    def days(self) -> float | None:
        """Working days."""
        ...


def saved(what: Savings) -> str:
    """What was saved: `GBP 12,500 and 3 days saved`."""
    money = f"{what.currency} {what.saved:,.2f}".removesuffix(".00") if what.saved else ""
    days = f"{what.days:,g} {'day' if what.days == 1 else 'days'}" if what.days else ""
    return f"{' and '.join(part for part in (money, days) if part) or 'nothing'} saved"


def hours(value: float | None) -> str:
    """How long learning takes: `7 minutes`, `1 hour`, `7.5 hours`; a dash when nobody says."""
    if value is not None and 0 < value < 1:
        return plural(round(value * 60), "minute")
    return "–" if value is None else f"{value:g} {'hour' if value == 1 else 'hours'}"


def price(cost: float | None, currency: str) -> str:
    """What something costs: `1,299 GBP`, `free`; a dash when nobody says."""
    if cost is None:
        return "–"
    return f"{cost:,.2f} {currency}".replace(".00", "").strip() if cost else "free"


def p_value(value: float) -> str:
    """A p-value as it is reported: `p = 0.031`, `p < 0.001`."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def age(since: datetime, now: datetime) -> str:
    """How long something has been so: `today`, `1 day`, `45 days`."""
    days = (now - since).days
    return plural(days, "day") if days > 0 else "today"
