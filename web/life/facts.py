"""What is known of an item, line by line, as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kb.items import ItemDetail
from kb.life import reviews
from kb.values import DocumentFields, LessonFields, TrainingFields
from kb.vocabulary import FacetName, ReviewState, label
from web.addresses import query_string
from web.wording import day, hours, price


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a fact, perhaps a link."""

    text: str
    url: str = ""
    warning: str = ""
    """A word to set beside it, such as `overdue`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name with its values."""

    name: str
    values: tuple[Value, ...]


_LISTED = (
    ("Knowledge area", FacetName.AREA),
    ("Project phase", FacetName.PHASE),
    ("Approach", FacetName.APPROACH),
    ("Sector", FacetName.SECTOR),
    ("Tags", FacetName.TAG),
)


_DUE = {ReviewState.OVERDUE: "overdue", ReviewState.DUE_SOON: "due soon"}


def about(item: ItemDetail, today: date) -> list[Fact]:
    """Facts about the content."""
    head = item.head
    found = [
        _fact("Reference", head.ref),
        _fact("Original reference", item.external_ref if item.external_ref != head.ref else ""),
        _fact("Status", label(head.status)),
        *_own(item, today),
        _linked("Project", FacetName.PROJECT, [head.project]),
        _fact("Organisation", head.organisation),
        _fact("Contributor", item.contributor),
        _fact("Date", day(head.dated)),
        *(_linked(name, facet, item.facets.get(facet, ())) for name, facet in _LISTED),
        *_needed(item),
    ]
    return [fact for fact in found if fact.values]


def keeping(item: ItemDetail, today: date) -> list[Fact]:
    """Facts about how the item is kept."""
    due = _DUE.get(reviews.state(item.review_date, today), "")
    found = [
        _fact("Owner", item.owner),
        _fact("Classification", label(item.head.classification)),
        _fact("Review by", day(item.review_date), warning=due),
        _fact("Language", item.language),
        _fact("Added", day(item.created_at.date())),
        _fact("Changed", day(item.updated_at.date()) if item.version > 1 else ""),
    ]
    return [fact for fact in found if fact.values]


def _own(item: ItemDetail, today: date) -> Iterable[Fact]:
    match item.fields:
        case LessonFields(polarity=polarity, priority=priority):
            yield _fact("Experience", label(polarity) if polarity else "")
            yield _fact("Priority", label(priority) if priority else "")
        case DocumentFields(document_kind=kind):
            yield _fact("Document", label(kind) if kind != "other" else "")
        case TrainingFields() as training:
            yield from _training(training, today)
        case _:
            pass


def _needed(item: ItemDetail) -> Iterable[Fact]:
    """What people need to be good at; what training teaches is a table of its own."""
    if not isinstance(item.fields, TrainingFields):
        yield _linked("Competences", FacetName.COMPETENCE, item.facets.get(FacetName.COMPETENCE, ()))


def _training(training: TrainingFields, today: date) -> Iterable[Fact]:
    ended = training.offered_until is not None and training.offered_until < today
    yield _fact("Provider", training.provider)
    yield _fact("Format", label(training.format) if training.format else "")
    yield _fact("Level", label(training.level) if training.level else "")
    yield _fact("Duration", "" if training.hours is None else hours(training.hours))
    yield _fact("Cost", "" if training.cost is None else label(price(training.cost, training.currency)))
    yield _fact("CPD hours", "" if training.cpd_hours is None else f"{training.cpd_hours:g}")
    yield _fact("Offered from", day(training.offered_from))
    yield _fact("Offered until", day(training.offered_until), warning="expired" if ended else "")
    yield _fact("Leads to", training.leads_to)
    yield _fact("Renewal", training.renewal)
    yield _linked("Comes after", None, training.prerequisites)
    yield _fact("Last reviewed", day(training.reviewed_on))


def _fact(name: str, text: str, warning: str = "") -> Fact:
    return Fact(name, (Value(text, warning=warning),) if text else ())


def _linked(name: str, facet: FacetName | None, values: Iterable[str]) -> Fact:
    """Values that lead to everything else that has them; without *facet* they lead to a search."""
    free = facet in (FacetName.PROJECT, FacetName.TAG, None)
    return Fact(
        name,
        tuple(
            Value(value if free else label(value), "/" + query_string({facet or "q": value}))
            for value in values
            if value
        ),
    )
