"""Documents mined for lessons, and what becomes of the proposals: for pages, API and command line alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest import composed, markdown
from ingest.mining import drafting, observations
from kb import items, library
from kb.access import Permission, Principal, require
from kb.database import transaction
from kb.errors import UnavailableError
from kb.items import ItemDetail
from kb.proposals import records
from kb.proposals.records import Proposed
from web.wiring import Services
from web.writing import assisting
from web.writing.assisting import Double

PAGE = 10
"""Proposals on a page: beside each, what is like it is looked up."""
_BATCH = 20
_MOST = 100_000
_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Mined:
    """What mining came to."""

    documents: int = 0
    new: int = 0
    """Proposals that were not there before."""
    open: int = 0
    """Of these documents, that wait for a decision now."""
    decided: int = 0
    """Observations that were decided on before."""

    def __add__(self, other: "Mined") -> "Mined":
        """Both together."""
        return Mined(
            self.documents + other.documents,
            self.new + other.new,
            self.open + other.open,
            self.decided + other.decided,
        )


def mine(session: Session, principal: Principal, refs: Iterable[str]) -> Mined:
    """Propose the observations of the documents *refs*, in place of those that wait.

    Raises NotFoundError for what *principal* may not read or mine, InvalidError for what is no document.
    """
    return sum((_mine(session, principal, ref) for ref in refs), Mined())


def _mine(session: Session, principal: Principal, ref: str) -> Mined:
    item = records.text(session, principal, ref)
    found = observations.mine(markdown.parse(item.body), item.head.title)
    kept = records.keep(session, principal, item, found)
    return Mined(1, kept.new, kept.open, kept.decided)


def mine_new(
    services: Services,
    principal: Principal,
    tell: Callable[[str], None] = lambda _: None,
    most: int = _MOST,
) -> Mined:
    """Mine at most *most* of the reports and minutes that were not mined as they are now, a few at a time."""
    require(principal, Permission.CONTRIBUTE)
    with services.sessions() as session:
        refs = records.unmined(session, principal, most)
    total = Mined()
    for start in range(0, len(refs), _BATCH):
        with transaction(services.sessions) as session:
            total += mine(session, principal, refs[start : start + _BATCH])
        tell(f"{total.documents:,} of {len(refs):,} documents read, {total.new:,} proposals made")
    return total


def asked(
    services: Services,
    principal: Principal,
    refs: Sequence[str] | None,
    most: int = _MOST,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Mined, int]:
    """Mine *refs*, or *most* documents that were not mined yet; and how many of these are left.

    No more than _COUNTED are counted. Raises as *mine*.
    """
    if refs is None:
        done = mine_new(services, principal, tell, most)
    else:
        with transaction(services.sessions) as session:
            done = mine(session, principal, dict.fromkeys(refs))
    with services.sessions() as session:
        return done, len(records.unmined(session, principal, _COUNTED))


def accept(session: Session, principal: Principal, number: int) -> Proposed:
    """Make a draft of a lesson of a proposal; it is private to *principal* until it is submitted.

    Raises NotFoundError, ConflictError when it was decided before.
    """
    proposal = records.get(session, principal, number)
    document = items.get(session, principal, proposal.document.ref)
    lesson = library.write(session, principal, drafting.lesson(proposal, document))
    return records.accept(session, principal, number, lesson)


def alike(
    services: Services, session: Session, principal: Principal, proposals: Iterable[Proposed]
) -> Mapping[int, list[Double]]:
    """The lessons that are like each of *proposals*, but for the one made of it; none without an index."""
    found: dict[int, list[Double]] = {}
    whole: dict[str, ItemDetail] = {}
    with suppress(UnavailableError):  # proposals can be read while the index is being built
        for proposal in proposals:
            ref = proposal.document.ref
            document = whole[ref] = whole.get(ref) or items.get(session, principal, ref)
            text = composed.opening(drafting.entry(proposal, document))
            near = assisting.alike(services, session, principal, proposal.title, text)
            found[proposal.id] = [double for double in near if double.lesson.ref != proposal.lesson]
    return found
