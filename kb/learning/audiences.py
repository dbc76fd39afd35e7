"""Whom training is for: what level, time and language leave to choose from."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.models import Item, Training
from kb.values import ItemId
from kb.vocabulary import Kind, TrainingLevel


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom something is taught."""

    level: TrainingLevel | None = None
    """Of training; what does not say its level is left out."""
    hours: float | None = None
    """The most that one training may take; what does not say how long it takes is left out."""
    language: str = ""
    """Such as `en`; what says that it is in another language is left out, of every kind."""


def suited(session: Session, principal: Principal, kind: Kind, wanted: Audience) -> frozenset[ItemId] | None:
    """The items of *kind* that *principal* may see and that suit the audience; None when all do."""
    training = _of_training(wanted) if kind is Kind.TRAINING else []
    conditions: list[ColumnElement[bool]] = (
        [Item.id.in_(select(Training.__table__.c.id).where(*training))] if training else []
    )
    if language := wanted.language.strip().lower():
        conditions.append(
            or_(Item.language == "", Item.language.ilike(language), Item.language.istartswith(f"{language}-"))
        )
    if not conditions:
        return None
    rows = session.scalars(select(Item.id).where(visible(principal), Item.kind == kind, *conditions))
    return frozenset(map(ItemId, rows))


def _of_training(wanted: Audience) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.level is not None:
        conditions.append(Training.level == wanted.level)
    if wanted.hours is not None:
        conditions.append(Training.hours <= wanted.hours)
    return conditions
