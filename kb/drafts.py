"""Drafts of what is kept: where an edit begins."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal, visible
from kb.items import ItemDetail, ItemSummary
from kb.models import Item, Version
from kb.values import ItemDraft, ItemId, LessonFields
from kb.vocabulary import (
    Approach,
    Classification,
    Kind,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Sector,
    Status,
)

Term = TypeVar("Term", bound=StrEnum)

_MOST = 200
"""Drafts that are listed."""
_PLAIN = (
    "summary",
    "external_ref",
    "project",
    "organisation",
    "contributor",
    "url",
    "language",
    "citation",
)


def of_item(session: Session, principal: Principal, ref: str) -> ItemDraft:
    """The present version of the item *ref* as a draft, without passages. Raises NotFoundError."""
    item = items.get(session, principal, ref)
    version = items.version(session, principal, item.head.ref, item.version)
    return _draft(item, version.record)


def of_items(session: Session, principal: Principal, found: Sequence[ItemDetail]) -> list[ItemDraft]:
    """The present versions of items that *principal* may see, as drafts without passages, in their order."""
    rows = session.execute(
        select(Version.item_id, Version.record)
        .join(Item, (Item.id == Version.item_id) & (Item.version == Version.number))
        .where(visible(principal), Item.id.in_([item.head.id for item in found]))
    )
    records = {ItemId(id_): record for id_, record in rows}
    return [_draft(item, records[item.head.id]) for item in found]


def of_version(session: Session, principal: Principal, ref: str, number: int) -> ItemDraft:
    """The lesson *ref* as it was at version *number*, without passages. Raises NotFoundError."""
    item = items.get(session, principal, ref)
    version = items.version(session, principal, item.head.ref, number)
    said = version.record
    own = said["fields"]
    fields = LessonFields(
        **{name: text for name, text in own.items() if name not in ("polarity", "priority")},
        polarity=Polarity(own["polarity"]) if own["polarity"] else None,
        priority=Priority(own["priority"]) if own["priority"] else None,
    )
    return replace(
        _draft(item, said),
        title=version.summary.title,
        body=version.body,
        fields=fields,
        classification=Classification(said["classification"]),
        owner=said.get("owner", ""),
        review_date=_day(said.get("review_date")),
    )


def _draft(item: ItemDetail, said: Mapping[str, Any]) -> ItemDraft:
    return ItemDraft(
        kind=item.head.kind,
        title=item.head.title,
        body=item.body,
        fields=item.fields,
        ref=item.head.ref,
        classification=item.head.classification,
        dated=_day(said.get("dated")),
        owner=item.owner,
        review_date=item.review_date,
        knowledge_areas=_terms(KnowledgeArea, said, "knowledge_areas"),
        phases=_terms(Phase, said, "phases"),
        approaches=_terms(Approach, said, "approaches"),
        sectors=_terms(Sector, said, "sectors"),
        tags=tuple(said.get("tags", ())),
        competences=tuple(said.get("competences", ())),
        locator=item.head.locator,
        **{name: said.get(name, "") for name in _PLAIN},
    )


def mine(session: Session, principal: Principal) -> list[ItemSummary]:
    """The lessons that *principal* began and has not submitted, the latest change first."""
    rows = session.scalars(
        select(Item.id)
        .where(
            visible(principal),
            Item.kind == Kind.LESSON,
            Item.status == Status.DRAFT,
            Item.author == principal.name,
        )
        .order_by(Item.updated_at.desc(), Item.id.desc())
        .limit(_MOST)
    )
    ids = [ItemId(id_) for id_ in rows]
    known = items.summaries(session, principal, ids)
    return [known[id_] for id_ in ids]


def _terms(vocabulary: type[Term], said: Mapping[str, Any], name: str) -> tuple[Term, ...]:
    return tuple(vocabulary(value) for value in said.get(name, ()))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
