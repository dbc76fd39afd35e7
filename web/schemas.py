"""Items as the API gives them."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from kb.items import ItemDetail, ItemSummary, VersionDetail, VersionSummary
from kb.values import (
    DocumentFields,
    LessonFields,
    Locator,
    PracticeFields,
    TemplateFields,
    TrainingFields,
)
from kb.vocabulary import Classification, FacetName, Kind, Status
from web.addresses import item_url

AnyFields = LessonFields | PracticeFields | TemplateFields | TrainingFields | DocumentFields


class Out(BaseModel):
    """Base of what is given: read from our own values, nothing left out."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class ProblemOut(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/api#not-found",
                "title": "Not found",
                "status": 404,
                "detail": "There is no item 'HS-L-999' here, or you may not read it.",
                "instance": "/api/v1/items/HS-L-999",
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str = Field(description="A sentence for people.")
    instance: str
    position: tuple[int, int] | None = Field(
        default=None,
        description="Characters [start, end) of the query that are meant, if it is the query's fault.",
    )
    suggestion: str | None = Field(default=None, description="The query as it was probably meant.")


class LocatorOut(Out):
    """Where something stands in its original file."""

    page: int | None
    slide: int | None
    sheet: str | None
    row: int | None
    text: str = Field(description="As people say it.", examples=["sheet Risks, row 12"])

    @staticmethod
    def of(locator: Locator) -> "LocatorOut | None":
        """Nothing when the place in the file is not known."""
        if not str(locator):
            return None
        return LocatorOut(
            page=locator.page,
            slide=locator.slide,
            sheet=locator.sheet,
            row=locator.row,
            text=str(locator),
        )


class ItemOut(Out):
    """An item as lists show it."""

    ref: str = Field(examples=["HS-L-001"])
    kind: Kind
    title: str
    summary: str
    status: Status
    classification: Classification
    project: str
    organisation: str
    dated: date | None = Field(description="The day of what it tells.")
    review_date: date | None = Field(description="The day by which it is to be looked at again.")
    file_name: str = Field(description="Name of the original file; empty when there is none.")
    locator: LocatorOut | None
    url: str = Field(description="Its page.", examples=["/items/HS-L-001"])

    @staticmethod
    def of(item: ItemSummary) -> "ItemOut":
        """From a summary."""
        return ItemOut(
            ref=item.ref,
            kind=item.kind,
            title=item.title,
            summary=item.summary,
            status=item.status,
            classification=item.classification,
            project=item.project,
            organisation=item.organisation,
            dated=item.dated,
            review_date=item.review_date,
            file_name=item.file_name,
            locator=LocatorOut.of(item.locator),
            url=item_url(item.ref),
        )


class ItemDetailOut(ItemOut):
    """Everything about an item's present version."""

    body: str = Field(description="Markdown.")
    fields: AnyFields = Field(description="The kind's own fields; texts are Markdown.")
    facets: dict[FacetName, list[str]]
    external_ref: str = Field(description="Its reference in the system it came from.")
    contributor: str
    owner: str
    source_url: str = Field(description="Where it was published.")
    language: str
    citation: str
    version: int
    media_type: str
    created_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None = Field(description="When its file vanished; null while it is live.")

    @staticmethod
    def of_detail(item: ItemDetail) -> "ItemDetailOut":
        """From everything known of an item."""
        return ItemDetailOut(
            **ItemOut.of(item.head).model_dump(),
            body=item.body,
            fields=item.fields,
            facets={name: list(values) for name, values in item.facets.items()},
            external_ref=item.external_ref,
            contributor=item.contributor,
            owner=item.owner,
            source_url=item.url,
            language=item.language,
            citation=item.citation,
            version=item.version,
            media_type=item.media_type,
            created_at=item.created_at,
            updated_at=item.updated_at,
            withdrawn_at=item.withdrawn_at,
        )


class PageOut(Out):
    """A page of something."""

    total: int
    page: int
    page_size: int
    pages: int


class ItemsOut(PageOut):
    """A page of items, newest first."""

    items: list[ItemOut]


class VersionOut(Out):
    """An earlier or the present state of an item."""

    number: int
    title: str
    author: str
    created_at: datetime

    @staticmethod
    def of(version: VersionSummary) -> "VersionOut":
        """From a summary."""
        return VersionOut.model_validate(version)


class VersionDetailOut(VersionOut):
    """What an item said at one time."""

    body: str = Field(description="Markdown.")
    record: dict[str, Any] = Field(description="Everything else it said.")

    @staticmethod
    def of_detail(version: VersionDetail) -> "VersionDetailOut":
        """From everything known of a version."""
        return VersionDetailOut(
            **VersionOut.of(version.summary).model_dump(), body=version.body, record=version.record
        )
