"""Everything that can go wrong on purpose. `str(error)` is a sentence fit for a user."""


class KbError(Exception):
    """Base of every error raised on purpose."""


class InvalidError(KbError):
    """What was given cannot be used as it is."""


class NotFoundError(KbError):
    """No such thing, or the reader may not know of it."""


class ConflictError(KbError):
    """It clashes with what is already there, or with work in progress."""


class UnavailableError(KbError):
    """A part that is needed is missing or damaged; the sentence says how to mend it."""
