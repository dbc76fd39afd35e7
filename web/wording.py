"""Days, numbers and sizes as people write them."""

from datetime import UTC, date, datetime


def day(value: date | None) -> str:
    """A day as people write it: `3 May 2019`."""
    return f"{value.day} {value:%B %Y}" if value else ""


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
