"""What pages, API and command line do with adoption plans: draft them, show where steps come from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from kb import items, passages
from kb.access import Principal
from kb.adoption import drafting, plans
from kb.adoption.drafting import Adoptable, Offer
from kb.adoption.values import Barrier, Fulfilment, Height, Plan, PlanDraft, Source, Team
from kb.errors import InvalidError
from kb.items import ItemDetail
from kb.practices import reading
from kb.text import shorten
from kb.values import TrainingFields
from kb.vocabulary import Classification, Kind
from search import helping
from web.addresses import item_url
from web.adoption.practices import fields_of
from web.wiring import Services

MAX_PRACTICES = 8
_TRAINING, _TEMPLATES = 2, 2
"""Offered for one practice."""
_TITLE = 120
_QUOTE = 60
"""Characters by which a cited text is found again."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a plan of."""

    practices: Sequence[str]
    """References."""
    team: Team
    start: date
    title: str = ""
    """Empty = named after team and practices."""
    preconditions: Mapping[str, Mapping[str, Fulfilment]] | None = None
    barriers: Mapping[Barrier, Height] | None = None
    classification: Classification = Classification.INTERNAL


@dataclass(frozen=True, slots=True)
class Candidate:
    """A practice that may be taken up, as the form asks about it."""

    practice: ItemDetail
    preconditions: tuple[str, ...]


def candidates(session: Session, principal: Principal, refs: Iterable[str]) -> list[Candidate]:
    """The practices *refs*. Raises NotFoundError, InvalidError when one is no practice."""
    found: list[Candidate] = []
    for ref in dict.fromkeys(ref.strip() for ref in refs if ref.strip()):
        practice = items.get(session, principal, ref)
        found.append(Candidate(practice, reading.preconditions(fields_of(practice))))
    return found


def begin(services: Services, session: Session, principal: Principal, wanted: Wanted) -> str:
    """Draft a plan and keep it; its code.

    Raises NotFoundError, InvalidError when a part is missing or senseless.
    """
    chosen = candidates(session, principal, wanted.practices)
    if not 1 <= len(chosen) <= MAX_PRACTICES:
        raise InvalidError(f"Choose 1 to {MAX_PRACTICES} practices: more at once are not taken up.")
    said = wanted.preconditions or {}
    adoptable = [
        Adoptable(
            one.practice.head.ref,
            one.practice.head.title,
            fields_of(one.practice),
            said.get(one.practice.head.ref, {}),
            _offers(services, session, principal, one.practice, Kind.TRAINING, _TRAINING),
            _offers(services, session, principal, one.practice, Kind.TEMPLATE, _TEMPLATES),
        )
        for one in chosen
    ]
    barriers = wanted.barriers or {}
    steps, kpis = drafting.draft(_each_offer_once(adoptable), wanted.team, barriers)
    names = ", ".join(one.title.partition(":")[0] for one in adoptable)
    title = wanted.title.strip() or shorten(f"{wanted.team.name}: {names}", _TITLE)
    draft = PlanDraft(
        title,
        wanted.team,
        wanted.start,
        tuple(one.ref for one in adoptable),
        steps,
        kpis,
        {one.ref: dict(one.preconditions) for one in adoptable},
        barriers,
        wanted.classification,
    )
    return plans.keep(session, principal, draft)


def sources(session: Session, principal: Principal, plan: Plan) -> dict[Source, str]:
    """The address of each source that *principal* may see, opened at the passage it quotes."""
    wanted = {step.said.source for step in plan.steps} | {kpi.said.source for kpi in plan.kpis}
    cited = {source for source in wanted if source}
    known = items.referred(session, principal, {source.ref for source in cited})
    stored = {
        ref: [(one.ordinal, _letters(one.text)) for one in passages.of_item(session, principal, id_)]
        for id_, ref in known.items()
    }
    return {
        source: item_url(source.ref, passage=_holding(stored[source.ref], source.quote))
        for source in cited
        if source.ref in stored
    }


def _holding(stored: Sequence[tuple[int, str]], quote: str) -> int | None:
    wanted = _letters(quote[:_QUOTE].rsplit(" ", 1)[0])
    return next((ordinal for ordinal, text in stored if wanted and wanted in text), None)


def _letters(text: str) -> str:
    """*text* without what passages and citations write differently, such as the marks of lists."""
    return " ".join(re.findall(r"\w+", text))


def _offers(
    services: Services,
    session: Session,
    principal: Principal,
    practice: ItemDetail,
    kind: Kind,
    limit: int,
) -> tuple[Offer, ...]:
    found: list[Offer] = []
    for one in helping.helpful(services.search(), session, principal, practice, kind, limit=limit):
        fields = items.get(session, principal, one.item.ref).fields
        hours = fields.hours if isinstance(fields, TrainingFields) else None
        found.append(Offer(one.item.ref, one.item.title, hours, "", shorten(one.quote, 300)))
    return tuple(found)


def _each_offer_once(practices: Sequence[Adoptable]) -> list[Adoptable]:
    """Nobody trains twice for the same: what an earlier practice needs as well is left with that."""
    seen: set[str] = set()
    found: list[Adoptable] = []
    for one in practices:
        training = tuple(offer for offer in one.training if offer.ref not in seen)
        templates = tuple(offer for offer in one.templates if offer.ref not in seen)
        seen |= {offer.ref for offer in (*training, *templates)}
        found.append(replace(one, training=training, templates=templates))
    return found
