"""What people type into forms, read."""

from datetime import date

from kb.errors import InvalidError


def number(text: str) -> float | None:
    """A number as people write it, `12,500.50` too; an empty field is none. Raises InvalidError."""
    plain = text.strip().replace(",", "").replace(" ", "")
    try:
        return float(plain) if plain else None
    except ValueError as error:
        raise InvalidError(f"{text.strip()[:60]!r} is not a number; write 12500.50.") from error


def day(text: str) -> date:
    """A day as forms send it. Raises InvalidError."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidError(f"{text.strip()[:60]!r} is not a day; write 2027-05-31.") from error


def day_if_any(text: str) -> date | None:
    """As *day*; an empty field is none."""
    return day(text) if text.strip() else None


def whole(text: str) -> int:
    """A whole number. Raises InvalidError."""
    found = number(text)
    if found is None or not found.is_integer():
        raise InvalidError(f"{text.strip()[:60]!r} is not a whole number; write 3.")
    return int(found)


def days(text: str) -> list[date]:
    """Days with spaces, commas or ends of lines between them. Raises InvalidError."""
    return [day(one) for one in text.replace(",", " ").split()]
