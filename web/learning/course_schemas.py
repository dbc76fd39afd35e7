"""The catalogue of training: how it is asked for over HTTP, and how it is given."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kb.learning.catalogue import Offer
from kb.learning.certifications import Certification
from kb.learning.listing import Asked, Aspect, CostBand, HoursBand
from kb.learning.prerequisites import Graph
from kb.models import now
from kb.vocabulary import OfferState, ReviewState, TrainingFormat, TrainingLevel
from search.query import MAX_LENGTH
from web.addresses import item_url
from web.learning import course_data, courses
from web.learning.courses import Found
from web.learning.path_schemas import Texts, all_filled
from web.schemas import Out, PageOut
from web.searching.answers import CountOut
from web.searching.choices import MAX_PAGE, MAX_PAGE_SIZE
from web.searching.finding import DEFAULT_SIZE, Paging

Unsaid = Literal["none"]
_MOST = 50


def _any(what: str) -> Any:
    return Field(default=[], max_length=_MOST, description=f"Any of these {what}; none = not stated.")


class CatalogueQuery(BaseModel):
    """Which training is wanted: all aspects named, any value within one."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field(
        default="", max_length=MAX_LENGTH, description="Words to search for; all training without."
    )
    level: Annotated[list[TrainingLevel | Unsaid], BeforeValidator(all_filled)] = _any("levels")
    format: Annotated[list[TrainingFormat | Unsaid], BeforeValidator(all_filled)] = _any("formats")
    hours: Annotated[list[HoursBand | Unsaid], BeforeValidator(all_filled)] = _any("bands of hours")
    cost: Annotated[list[CostBand | Unsaid], BeforeValidator(all_filled)] = _any(
        "bands of cost, of whatever currency"
    )
    language: Texts = _any("languages")
    provider: Texts = _any("providers, by name")
    competence: Texts = Field(default=[], max_length=_MOST, description="Teaches any of these competences.")
    certification: Texts = _any("certifications that it leads to")
    offer: Annotated[list[OfferState], BeforeValidator(all_filled)] = Field(
        default=[], max_length=_MOST, description="Whether it can be taken today."
    )
    review: Annotated[list[Literal["overdue", "current", "none"]], BeforeValidator(all_filled)] = Field(
        default=[], max_length=_MOST, description="Overdue for review, not overdue, or without a review date."
    )

    def asked(self) -> Asked:
        """As a value, seen from today."""
        chosen = {aspect: tuple(map(str, getattr(self, aspect))) for aspect in Aspect}
        return Asked(now().date(), {aspect: values for aspect, values in chosen.items() if values})

    def chosen(self) -> dict[str, list[str]]:
        """What is chosen, by parameter."""
        return {aspect: list(values) for aspect, values in self.asked().chosen.items()}


class CataloguePageQuery(CatalogueQuery):
    """A page of it."""

    page: int = Field(default=1, ge=1, le=MAX_PAGE, description="Page, counted from 1.")
    page_size: int = Field(default=DEFAULT_SIZE, ge=1, le=MAX_PAGE_SIZE, description="Courses on one page.")

    @property
    def paging(self) -> Paging:
        """The page that is wanted."""
        return Paging(self.page, self.page_size)


class TaughtOut(Out):
    """A competence that training teaches."""

    name: str
    level: int = Field(description="Up to which it teaches, 0 to 5.")


class CourseOut(Out):
    """Training in the catalogue."""

    ref: str = Field(examples=["HS-C-027"])
    code: str = Field(description="Under which its provider knows it; empty when that is not told.")
    title: str
    summary: str
    provider: str
    format: TrainingFormat | None
    level: TrainingLevel | None
    hours: float | None
    cost: float | None
    currency: str
    language: str
    competences: list[TaughtOut]
    prerequisites: list[str] = Field(description="References or titles of training, or conditions in words.")
    leads_to: str = Field(description="A certification.")
    renewal: str = Field(description="How the certification is kept.")
    cpd_hours: float | None
    offered_from: date | None
    offered_until: date | None
    reviewed_on: date | None
    review_date: date | None = Field(description="The day by which it is to be looked at again.")
    offer: OfferState = Field(description="Whether it can be taken today.")
    overdue: bool = Field(description="Whether its review is overdue.")
    source_url: str = Field(description="Where its provider tells of it.")
    url: str = Field(description="Its page.")

    @staticmethod
    def of(offer: Offer, today: date) -> "CourseOut":
        """From training, as it is *today*."""
        return CourseOut(
            ref=offer.ref,
            code=offer.external_ref,
            title=offer.title,
            summary=offer.summary,
            provider=offer.provider,
            format=offer.format,
            level=offer.level,
            hours=offer.hours,
            cost=offer.cost,
            currency=offer.currency,
            language=offer.language,
            competences=[TaughtOut.model_validate(taught) for taught in offer.teaches],
            prerequisites=list(offer.prerequisites),
            leads_to=offer.leads_to,
            renewal=offer.renewal,
            cpd_hours=offer.cpd_hours,
            offered_from=offer.offered_from,
            offered_until=offer.offered_until,
            reviewed_on=offer.reviewed_on,
            review_date=offer.review_date,
            offer=offer.state(today),
            overdue=courses.review(offer, today) is ReviewState.OVERDUE,
            source_url=offer.url,
            url=item_url(offer.ref),
        )


class CourseDetailOut(CourseOut):
    """Training with its description as schema.org has it."""

    course: dict[str, Any] = Field(description="A Course of schema.org, as JSON-LD.")

    @staticmethod
    def of_offer(offer: Offer, today: date, site: str) -> "CourseDetailOut":
        """From training; *site* begins the addresses of pages."""
        said = CourseOut.of(offer, today).model_dump()
        return CourseDetailOut(
            **said, course={"@context": course_data.CONTEXT, **course_data.course(offer, site)}
        )


class CatalogueOut(PageOut):
    """A page of the catalogue, with what else could be chosen."""

    items: list[CourseOut]
    facets: dict[Aspect, list[CountOut]] = Field(
        description="Each aspect's values among what is wanted, were nothing chosen of that aspect."
    )

    @staticmethod
    def of(found: Found, paging: Paging) -> "CatalogueOut":
        """From what was found."""
        return CatalogueOut(
            **paging.figures(found.total),
            items=[CourseOut.of(offer, found.today) for offer in found.offers],
            facets={
                aspect: [CountOut.model_validate(one) for one in counts]
                for aspect, counts in found.counts.items()
            },
        )


class PlacedOut(Out):
    """A course among what comes before another one."""

    ref: str
    title: str
    hours: float | None
    layer: int = Field(description="From 0: after all of lower layers that come before it.")
    after: list[str] = Field(description="References of what comes right before it.")
    conditions: list[str] = Field(description="What else it asks for, in words.")
    url: str


class PrerequisitesOut(Out):
    """What comes before training, all the way back."""

    courses: list[PlacedOut] = Field(description="What comes first first.")
    cycles: list[list[str]] = Field(
        description="References of courses that wait for each other: an error in their prerequisites."
    )
    capped: bool = Field(description="Whether more comes before it than is told.")

    @staticmethod
    def of(graph: Graph) -> "PrerequisitesOut":
        """From a graph."""
        return PrerequisitesOut(
            courses=[
                PlacedOut(
                    ref=offer.ref,
                    title=offer.title,
                    hours=offer.hours,
                    layer=number,
                    after=[one.ref for one in graph.before(offer.ref)],
                    conditions=list(graph.conditions.get(offer.ref, ())),
                    url=item_url(offer.ref),
                )
                for number, layer in enumerate(graph.layers)
                for offer in layer
            ],
            cycles=[list(ring) for ring in graph.cycles],
            capped=graph.capped,
        )


class CertificationOut(CourseOut):
    """A certification: what leads to it, what it requires, and what may follow."""

    requires: list[str] = Field(description="References of what has to be held or taken first.")
    conditions: list[str] = Field(description="What else is asked, in words.")
    led_by: list[str] = Field(description="References of training that says it leads to it.")
    followed_by: list[str] = Field(description="References of certifications that may follow.")

    @staticmethod
    def of_view(view: Certification, today: date) -> "CertificationOut":
        """From what is known of it."""
        return CertificationOut(
            **CourseOut.of(view.offer, today).model_dump(),
            requires=[offer.ref for offer in view.before],
            conditions=list(view.conditions),
            led_by=[offer.ref for offer in view.courses],
            followed_by=[offer.ref for offer in view.after],
        )
