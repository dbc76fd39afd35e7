"""Who reads, and what they may see. Every read takes a Principal and filters inside the query."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from kb.errors import NotFoundError
from kb.models import Item
from kb.vocabulary import Classification

_ORDER = tuple(Classification)


@dataclass(frozen=True, slots=True)
class Principal:
    """The person or program on whose behalf something is read or written."""

    name: str
    clearance: Classification
    """The highest classification they may read."""
    may_write: bool = False

    @property
    def sees_everything(self) -> bool:
        """Whether no item is hidden from them."""
        return self.clearance is _ORDER[-1]


LOCAL_USER = Principal("local", _ORDER[-1], may_write=True)
"""The one person of a laptop, who may do everything."""


def visible(principal: Principal) -> ColumnElement[bool]:
    """The condition on Item that holds for what *principal* may see: live and not above their clearance."""
    live = Item.withdrawn_at.is_(None)
    return live if principal.sees_everything else and_(live, readable(principal))


def readable(principal: Principal) -> ColumnElement[bool]:
    """The condition on Item that holds for what *principal* may open by its reference, withdrawn or not."""
    return Item.classification.in_(cleared(principal))


def cleared(principal: Principal) -> tuple[Classification, ...]:
    """The classifications that *principal* may read."""
    return _ORDER[: _ORDER.index(principal.clearance) + 1]


def require_write(principal: Principal) -> None:
    """Raise NotFoundError unless *principal* may write: a stranger learns nothing of what exists."""
    if not principal.may_write:
        raise NotFoundError("There is nothing here that you may change.")
