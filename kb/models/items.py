"""What the base holds: items of five kinds with their files, facets, versions, passages and vectors."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.models.base import Base, Moment, now
from kb.values import Locator
from kb.vocabulary import Classification, Kind, Status

UNFINISHED = text("status IN ('draft', 'returned')")
"""Items not handed in: in words, as an index of such rows alone serves what is asked in the same words."""


class Project(Base):
    """A project that items tell of."""

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300), unique=True)


class Source(Base):
    """A file that was read, and what became of it."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    location: Mapped[str] = mapped_column(String(2000), unique=True)
    name: Mapped[str] = mapped_column(String(500))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(150))
    reader: Mapped[str] = mapped_column(String(200))
    read_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="SET NULL"))
    """The source with the same bytes that holds the items, when this one is a copy."""


class Item(Base):
    """One thing worth finding, of one of five kinds."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("source_id", "source_key"),
        Index("ix_item_browse", "withdrawn_at", "dated", "id"),
        Index("ix_item_updated_at", "updated_at"),
        # What counting reads of an item, beside each other: the items themselves lie far apart.
        # What is overdue or out of use is read without walking through all items.
        Index("ix_item_review", "withdrawn_at", "review_date", "classification"),
        Index("ix_item_standing", "withdrawn_at", "status", "kind", "classification"),
        Index(
            "ix_item_unfinished",
            "kind",
            "author",
            "owner",
            sqlite_where=UNFINISHED,
            postgresql_where=UNFINISHED,
        ),
        Index("ix_item_counted", "id", "withdrawn_at", "classification", "facet_codes"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(20), index=True)
    ref: Mapped[str] = mapped_column(String(60), unique=True)
    external_ref: Mapped[str] = mapped_column(String(200), default="", index=True)
    title: Mapped[str] = mapped_column(String(500))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(String(32))
    """Of the whole draft: differs when anything differs."""
    source_digest: Mapped[str] = mapped_column(String(32), default="")
    """Of the draft that its file gave last: what was edited here since is not undone by reading it again."""
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    organisation: Mapped[str] = mapped_column(String(300), default="")
    contributor: Mapped[str] = mapped_column(String(300), default="")
    owner: Mapped[str] = mapped_column(String(300), default="")
    author: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Who began it here."""
    url: Mapped[str] = mapped_column(String(2000), default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    citation: Mapped[str] = mapped_column(Text, default="")
    classification: Mapped[Classification] = mapped_column(String(20), index=True)
    status: Mapped[Status] = mapped_column(String(20))
    dated: Mapped[date | None]
    review_date: Mapped[date | None]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    source_key: Mapped[str] = mapped_column(String(300), default="")
    source_page: Mapped[int | None]
    source_slide: Mapped[int | None]
    source_sheet: Mapped[str | None] = mapped_column(String(300))
    source_row: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its source vanished; it is kept, but neither searched nor listed."""
    facet_codes: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """The codes of its facets, 8 bytes each: what counting reads, where joining the facets took most of a
    search's time in the database (docs/decisions/0005)."""

    source: Mapped[Source | None] = relationship(lazy="raise_on_sql")
    project: Mapped[Project | None] = relationship(lazy="raise_on_sql")
    facets: Mapped[list["Facet"]] = relationship(
        lazy="raise_on_sql", viewonly=True, order_by="Facet.name, Facet.value"
    )

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def source_locator(self) -> Locator:
        """Where in its file the item stands."""
        return Locator(
            page=self.source_page,
            slide=self.source_slide,
            sheet=self.source_sheet,
            row=self.source_row,
        )


class Lesson(Item):
    """What a project learned, with what others should do about it."""

    __tablename__ = "lesson"
    __mapper_args__ = {"polymorphic_identity": Kind.LESSON}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    event: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(Text, default="")
    causes: Mapped[str] = mapped_column(Text, default="")
    recommendation: Mapped[str] = mapped_column(Text, default="")
    applies_when: Mapped[str] = mapped_column(Text, default="")
    warning_signs: Mapped[str] = mapped_column(Text, default="")
    polarity: Mapped[str | None] = mapped_column(String(20))
    priority: Mapped[str | None] = mapped_column(String(20))


class Practice(Item):
    """A way of working that has proved itself."""

    __tablename__ = "practice"
    __mapper_args__ = {"polymorphic_identity": Kind.PRACTICE}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    problem: Mapped[str] = mapped_column(Text, default="")
    context: Mapped[str] = mapped_column(Text, default="")
    practice: Mapped[str] = mapped_column(Text, default="")
    steps: Mapped[str] = mapped_column(Text, default="")
    preconditions: Mapped[str] = mapped_column(Text, default="")
    expected_outcome: Mapped[str] = mapped_column(Text, default="")
    kpis: Mapped[str] = mapped_column(Text, default="")
    pitfalls: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")


class Template(Item):
    """A form to fill."""

    __tablename__ = "template"
    __mapper_args__ = {"polymorphic_identity": Kind.TEMPLATE}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    when_to_use: Mapped[str] = mapped_column(Text, default="")
    tailoring: Mapped[str] = mapped_column(Text, default="")
    fields_to_fill: Mapped[str] = mapped_column(Text, default="")
    example: Mapped[str] = mapped_column(Text, default="")
    form: Mapped[str] = mapped_column(String(20), default="document")
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    formulas: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class Training(Item):
    """Something to learn from."""

    __tablename__ = "training"
    __mapper_args__ = {"polymorphic_identity": Kind.TRAINING}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(300), default="")
    format: Mapped[str | None] = mapped_column(String(20))
    level: Mapped[str | None] = mapped_column(String(20))
    hours: Mapped[float | None]
    cost: Mapped[float | None]
    currency: Mapped[str] = mapped_column(String(3), default="")
    competences: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    prerequisites: Mapped[list[str]] = mapped_column(JSON, default=list)
    leads_to: Mapped[str] = mapped_column(String(300), default="")
    cpd_hours: Mapped[float | None]
    renewal: Mapped[str] = mapped_column(Text, default="", server_default="")
    offered_from: Mapped[date | None]
    offered_until: Mapped[date | None]
    reviewed_on: Mapped[date | None]


class Document(Item):
    """A project document: plan, charter, report, guide and the like."""

    __tablename__ = "document"
    __mapper_args__ = {"polymorphic_identity": Kind.DOCUMENT}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    document_kind: Mapped[str] = mapped_column(String(20))


class Facet(Base):
    """One value an item can be filtered and counted by."""

    __tablename__ = "facet"
    __table_args__ = (Index("ix_facet_value", "name", "value", "item_id"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(300), primary_key=True)


class FacetValue(Base):
    """What a code in `Item.facet_codes` stands for."""

    __tablename__ = "facet_value"

    code: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Of name and value, in every base the same."""
    name: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(300))


class Version(Base):
    """What an item said at one time."""

    __tablename__ = "version"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    record: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Everything else the draft said."""
    file_digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the original file that it came from."""
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Passage(Base):
    """A piece of an item's present version; never changed, only replaced."""

    __tablename__ = "passage"
    __table_args__ = (UniqueConstraint("item_id", "ordinal"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    version: Mapped[int]
    ordinal: Mapped[int]
    headings: Mapped[str] = mapped_column(String(1000), default="")
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(32), index=True)
    """Of exactly the text that is embedded."""
    start: Mapped[int]
    end: Mapped[int]
    page: Mapped[int | None]
    slide: Mapped[int | None]
    sheet: Mapped[str | None] = mapped_column(String(300))
    row: Mapped[int | None]


class Embedding(Base):
    """The vector of a text under a model, so that no text is embedded twice."""

    __tablename__ = "embedding"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    model: Mapped[str] = mapped_column(String(200), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """Unit length, float32, little-endian."""


class AdaptedEncoder(Base):
    """An encoder that was trained further on the base's own texts, and what it was worth."""

    __tablename__ = "adapted_encoder"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    setting: Mapped[str] = mapped_column(String(500))
    """The model of the settings that it was trained from, and that it stands for while in force."""
    model: Mapped[str] = mapped_column(String(200), unique=True)
    """Names its vectors."""
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    made_by: Mapped[str] = mapped_column(String(200))
    recipe: Mapped[dict[str, Any]] = mapped_column(JSON)
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    better: Mapped[bool]
    verdict: Mapped[str] = mapped_column(Text)
    in_force: Mapped[bool] = mapped_column(default=False)
    replaced: Mapped[str | None] = mapped_column(String(60))
    """Which was in force before it; none = the model of the settings as it is."""


class ImportJob(Base):
    """An import that was asked for over HTTP: how far it is and how it ended."""

    __tablename__ = "import_job"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    requested_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    files_total: Mapped[int] = mapped_column(default=0)
    files_done: Mapped[int] = mapped_column(default=0)
    current: Mapped[str] = mapped_column(String(500), default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
