"""The page of one item, and of its earlier versions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from kb import items, passages, sources
from kb.access import Permission, Principal
from kb.errors import InvalidError, UnavailableError
from kb.items import ItemDetail
from kb.learning import assignments, listing, prerequisites
from kb.life import reviews
from kb.passages import StoredPassage
from kb.people import restrictions
from kb.proposals import records
from kb.searching import feedback
from kb.text import references, squash
from kb.values import TrainingFields
from kb.vocabulary import Kind
from search import snippets
from search.query import parse
from search.results import Similar
from web.addresses import item_url
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.learning import answers, course_data, learning_units
from web.life import applied, facts, standing
from web.pages.reviews import next_review
from web.pictures import prerequisites as pictures
from web.rendering import Mark, Part, Rendered, parts, render
from web.searching import history
from web.writing import forms

router = APIRouter()


@router.get("/items/{ref:path}/versions/{number}")
def version(
    ref: str,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    session: SessionDep,
    principal: PrincipalDep,
    part: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """What an item said at one time."""
    item = items.get(session, principal, ref)
    found = items.version(session, principal, ref, number)
    stretches = parts(found.body)
    shown = stretches[min(part, len(stretches)) - 1]
    return page(
        "version.html",
        section=item.head.kind,
        item=item,
        version=found,
        versions=items.versions(session, principal, ref),
        text=render(found.body[shown.start : shown.end], title=found.summary.title),
        part=min(part, len(stretches)),
        parts=len(stretches),
    )


@router.get("/items/{ref:path}")
def item(  # noqa: PLR0913 - each is one thing FastAPI brings in
    ref: str,
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    passage: Annotated[int | None, Query(ge=0, le=10_000_000)] = None,
    part: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    q: str = "",
    rank: Annotated[int | None, Query(ge=1, le=10_000_000)] = None,
) -> HTMLResponse:
    """An item as a document, with its facts at the side, opened at *passage*, the words of *q* marked."""
    found = items.get(session, principal, ref)
    words = _words(q)
    cited = None
    if passage is not None:
        history.opened(services, principal, words, found.head.id, rank)
        stored = passages.of_item(session, principal, found.head.id)
        cited = next((one for one in stored if one.ordinal == passage), None)
    stretches = parts(found.body)
    number = min(part or _part_of(stretches, cited), len(stretches))
    today = datetime.now(UTC).date()
    try:
        similar = services.search().similar(session, principal, found.head.ref)
    except UnavailableError:
        similar = Similar(0, ())  # an item can be read while the index is being built
    return page(
        "item.html",
        section=found.head.kind,
        q=q,
        item=found,
        about=facts.about(found, today),
        keeping=facts.keeping(found, today),
        competences=found.fields.competences if isinstance(found.fields, TrainingFields) else (),
        **_course(session, principal, found, request),
        lead=_lead(found),
        text=_text(session, principal, found, stretches[number - 1], cited, _marker(words)),
        cited=cited,
        cited_gone=passage is not None and cited is None,
        part=number,
        parts=len(stretches),
        versions=items.versions(session, principal, found.head.ref),
        life=standing.of(session, principal, found),
        use=applied.of(session, principal, found),
        answers=answers.beside(services, session, principal, found),
        units=learning_units.beside(session, principal, found),
        review=reviews.state(found.review_date, today),
        next_review=next_review(today),
        proposals=_proposals(session, principal, found),
        may_confirm=found.withdrawn_at is None and principal.may(Permission.CONTRIBUTE),
        may_learn=principal.may_write,
        develops=principal.may(Permission.DEVELOP),
        asked=assignments.asked_of(session, principal, found.head.ref),
        similar=similar.hits,
        similar_total=similar.total,
        template=forms.of(found),
        judged=feedback.given(session, principal, words, [found.head.id]) if cited else {},
        words=words,
        back=item_url(found.head.ref, passage=passage, q=q, rank=rank),
        download=_download(session, principal, found),
        restricted=restrictions.of_item(session, principal, found.head.ref),
        may_restrict=principal.may(Permission.ADMINISTER),
    )


def _course(session: Session, principal: Principal, item: ItemDetail, request: Request) -> dict[str, Any]:
    """Of training: itself as data for machines that read the page, and what comes before it."""
    offer = listing.named(session, principal, item.head.ref) if item.head.kind is Kind.TRAINING else None
    if offer is None:
        return {"linked": None, "graph": None, "drawn": None}
    graph = prerequisites.leading_to(session, principal, [offer])
    return {
        "linked": course_data.embedded(offer, str(request.base_url).rstrip("/")),
        "graph": graph,
        "drawn": pictures.draw(graph, offer.ref),
    }


def _proposals(session: Session, principal: Principal, item: ItemDetail) -> int | None:
    """How many proposals out of a document wait for a decision; None of what *principal* can't mine."""
    if item.head.kind is not Kind.DOCUMENT or item.withdrawn_at or not principal.may(Permission.CONTRIBUTE):
        return None
    return records.count(session, principal, document=item.head.ref)


def _part_of(stretches: Sequence[Part], cited: StoredPassage | None) -> int:
    """The number of the stretch in which *cited* begins; the first without one."""
    start = cited.locator.start if cited else 0
    return next((i for i, part in enumerate(stretches, 1) if part.start <= start < part.end), 1)


def _text(
    session: Session,
    principal: Principal,
    item: ItemDetail,
    shown: Part,
    cited: StoredPassage | None,
    mark: Mark | None,
) -> Rendered:
    within = None
    if cited and cited.locator.end > shown.start and cited.locator.start < shown.end:
        start = max(cited.locator.start, shown.start) - shown.start
        within = Part(start, min(cited.locator.end, shown.end) - shown.start)
    text = item.body[shown.start : shown.end]
    known = items.referred(session, principal, references(text) - {item.head.ref}).values()
    links = {ref: item_url(ref) for ref in known}
    return render(text, title=item.head.title, cited=within, mark=mark, links=links)


def _download(session: Session, principal: Principal, item: ItemDetail) -> str:
    """Address of the original file, for those who may have it."""
    if not item.head.file_name or not sources.wholly_readable(session, principal, item.head.ref):
        return ""
    return f"/api/v1/items/{quote(item.head.ref, safe='')}/file"


def _words(q: str) -> str:
    """What a query ranks by; nothing when it can't be read."""
    try:
        return parse(q).text
    except InvalidError:
        return ""


def _marker(words: str) -> Mark | None:
    """Marks the words of a query."""
    stems = snippets.stems_of(words)
    return (lambda text: snippets.mark(text, stems).marks) if stems else None


def _lead(item: ItemDetail) -> str:
    """The summary, unless the text begins with it."""
    summary = squash(item.head.summary)
    begins = squash(item.body[: 2 * len(summary) + 500])
    return "" if summary.rstrip("….")[:80] in begins else summary
