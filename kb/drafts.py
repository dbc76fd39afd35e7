"""Drafts of what is kept: where an edit begins."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal, visible
from kb.items import ItemSummary
from kb.models import Item
from kb.values import ItemDraft, ItemId
from kb.vocabulary import Approach, Kind, KnowledgeArea, Phase, Sector, Status

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
    said = version.record
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
