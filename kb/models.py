"""The tables. Rows live inside one transaction and never leave this package."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from kb.values import Locator
from kb.vocabulary import Classification, Kind, Status


class Moment(TypeDecorator[datetime]):
    """A point in time in UTC; databases without zones give it back with one all the same."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        """Attach UTC where the database dropped it."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Parent of all tables; names every constraint so that migrations can refer to it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


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


class LessonStep(Base):
    """A move in the life of a lesson."""

    __tablename__ = "lesson_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    actor: Mapped[str] = mapped_column(String(200))
    move: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(20))
    """The status before."""
    result: Mapped[str] = mapped_column(String(20))
    """The status after."""
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int]
    """Of the lesson, when it was made."""


class Comment(Base):
    """What somebody said about an item."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)


class Relation(Base):
    """How one item stands to another."""

    __tablename__ = "relation"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    link: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")


class RemedialAction(Base):
    """What is done so that a lesson need not be learned again."""

    __tablename__ = "remedial_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    """The lesson."""
    what: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(200), index=True)
    due: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(20), index=True)
    evidence: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    created_by: Mapped[str] = mapped_column(String(200))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    validated_at: Mapped[datetime | None] = mapped_column(Moment)
    validated_by: Mapped[str] = mapped_column(String(200), default="")


class ChangeRequest(Base):
    """A lesson asks for other words in a template, a process, a practice or a course."""

    __tablename__ = "change_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("remedial_action.id", ondelete="CASCADE"), index=True)
    """What its acceptance closes."""
    target_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    present: Mapped[str] = mapped_column(Text)
    """The words that are there, as they stand in the target's body; empty = the text is put at the end."""
    proposed: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int | None]
    """Of the target, that it made."""


class Application(Base):
    """A project applied a lesson or a practice, or says why it did not."""

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    applied: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    """How it was applied, or why it was not."""
    outcome: Mapped[str] = mapped_column(String(20))
    saved: Mapped[float | None] = mapped_column(Double)
    """Money, in `currency`."""
    currency: Mapped[str] = mapped_column(String(3), default="")
    days: Mapped[float | None] = mapped_column(Double)
    """Days saved."""
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    approved_at: Mapped[datetime | None] = mapped_column(Moment)


class LessonSession(Base):
    """A meeting in which people gather what they learned."""

    __tablename__ = "lesson_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    classification: Mapped[Classification] = mapped_column(String(20))
    anonymous: Mapped[bool]
    votes: Mapped[int]
    """That each person may give."""
    agenda: Mapped[list[str]] = mapped_column(JSON)
    prompts: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), index=True)
    facilitator: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    revision: Mapped[int] = mapped_column(default=1)
    """Rises with every change to the session, its notes, groups and votes."""

    project: Mapped[Project] = relationship(lazy="raise_on_sql")


class NoteGroup(Base):
    """Notes of a session that belong together."""

    __tablename__ = "note_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("lesson_session.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))


class SessionNote(Base):
    """What somebody observed, as they put it in a session."""

    __tablename__ = "session_note"
    __table_args__ = (UniqueConstraint("session_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("lesson_session.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    """Made by the sender: what is sent again is not kept twice."""
    happened: Mapped[str] = mapped_column(Text)
    expected: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(Text, default="")
    differently: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200), default="")
    """Empty in an anonymous session."""
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("note_group.id", ondelete="SET NULL"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    """The lesson that it became."""


class SessionVote(Base):
    """A vote for a note."""

    __tablename__ = "session_vote"

    note_id: Mapped[int] = mapped_column(ForeignKey("session_note.id", ondelete="CASCADE"), primary_key=True)
    voter: Mapped[str] = mapped_column(String(200), primary_key=True)
    """A name; in an anonymous session the digest of what only the voter's browser knows."""


class SearchEvent(Base):
    """A search that somebody made, and how it went."""

    __tablename__ = "search_event"
    __table_args__ = (Index("ix_search_event_person", "person", "folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    person: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column(Text)
    """As typed."""
    folded: Mapped[str] = mapped_column(String(200))
    """How it begins, in lower case with single spaces."""
    words: Mapped[str] = mapped_column(Text)
    """What was ranked by: the query without its filters."""
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Chosen beside it."""
    found: Mapped[int]
    answered: Mapped[bool]
    """False when only the nearest were shown, or nothing."""
    milliseconds: Mapped[int]
    through: Mapped[str] = mapped_column(String(10))


class SearchOpening(Base):
    """An item that somebody opened from the results of a search."""

    __tablename__ = "search_opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    person: Mapped[str] = mapped_column(String(200), index=True)
    words: Mapped[str] = mapped_column(Text)
    """Of the query, without its filters."""
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int | None]
    """Its place among the results, counted from 1."""


class KnowledgeGap(Base):
    """Something that people searched for and did not find."""

    __tablename__ = "knowledge_gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    """The words that most people used."""
    state: Mapped[str] = mapped_column(String(20), index=True)
    owner: Mapped[str] = mapped_column(String(200), default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    """What answers it."""
    note: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime] = mapped_column(Moment, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    reopened: Mapped[int] = mapped_column(default=0)
    """How often it failed again after it was closed."""
    people: Mapped[int] = mapped_column(default=0)
    times: Mapped[int] = mapped_column(default=0)
    empty: Mapped[int] = mapped_column(default=0)
    """Times when nothing at all was found; else only the nearest were shown."""
    latest_at: Mapped[datetime] = mapped_column(Moment)


class KnowledgeGapQuery(Base):
    """Words that belong to a knowledge gap."""

    __tablename__ = "knowledge_gap_query"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Of the words, in lower case with single spaces."""
    gap_id: Mapped[int] = mapped_column(ForeignKey("knowledge_gap.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(Text)
    times: Mapped[int]
    model: Mapped[str] = mapped_column(String(200))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the words under that model, unit length, float32, little-endian."""


class Feedback(Base):
    """Whether an item helped a person with a query; they may change their mind."""

    __tablename__ = "feedback"

    person: Mapped[str] = mapped_column(String(200), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Of the words, in lower case with single spaces."""
    words: Mapped[str] = mapped_column(Text)
    helpful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class SavedSearch(Base):
    """A search that somebody keeps under a name."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column(Text)
    """As typed."""
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Chosen beside it."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    visited_at: Mapped[datetime] = mapped_column(Moment, default=now)
    """When its owner last looked at the results."""


class Subscription(Base):
    """What somebody wants to be told of, and which way."""

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(200), index=True)
    clearance: Mapped[Classification] = mapped_column(String(20))
    """The highest classification that its owner may be sent."""
    name: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column(Text)
    """As typed."""
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Chosen beside it."""
    way: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(2000), default="")
    """Of a mailbox or of a webhook."""
    rhythm: Mapped[str] = mapped_column(String(20))
    secret: Mapped[str] = mapped_column(String(100), default="")
    """What webhooks are signed with: whoever signs needs it in the clear."""
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Ends this subscription, and nothing else, without signing in."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    since: Mapped[datetime] = mapped_column(Moment)
    """What changed before needs no comparing with what was announced."""
    next_at: Mapped[datetime] = mapped_column(Moment)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    stopped_why: Mapped[str] = mapped_column(String(200), default="")


class Delivery(Base):
    """Something to be sent, once it is sent, or why it could not be."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_queue", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    """The same in every try, so that receivers can tell a repetition."""
    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("subscription.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    state: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    """When it is tried next; while it is being sent, when somebody else may take it over."""
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(Text, default="")


class Announcement(Base):
    """A state of an item that a subscription has put into a delivery: it is put into no other."""

    __tablename__ = "announcement"

    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True
    )
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    """The item's own mark of its last change."""
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    fresh: Mapped[bool]
    """Whether the item came after the subscription and was never announced before."""


class EvaluationRun(Base):
    """What search was worth on a judged query set at one time."""

    __tablename__ = "evaluation_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    queryset: Mapped[str] = mapped_column(String(200), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the query set's files."""
    engine: Mapped[str] = mapped_column(String(20))
    model: Mapped[str] = mapped_column(String(200))
    items: Mapped[int]
    passages: Mapped[int]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    measures: Mapped[dict[str, float]] = mapped_column(JSON)
    abstention: Mapped[dict[str, int]] = mapped_column(JSON)
    p50: Mapped[float] = mapped_column(Double)
    p95: Mapped[float] = mapped_column(Double)
    queries: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True, deferred_raiseload=True)
    notes: Mapped[list[str]] = mapped_column(JSON)
    baseline: Mapped[bool] = mapped_column(default=False)
    """Later runs on this query set are held against it; at most one of each set."""
    clearance: Mapped[str] = mapped_column(String(20))
    """The highest classification of what was searched."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    created_by: Mapped[str] = mapped_column(String(200))


class AuditEvent(Base):
    """Who did what to which thing, and when."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(2000), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
