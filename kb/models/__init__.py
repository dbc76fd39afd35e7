"""The tables. Rows live inside one transaction and never leave this package."""

from kb.models.base import Base, Moment, now
from kb.models.items import (
    AdaptedEncoder,
    Document,
    Embedding,
    Facet,
    FacetValue,
    ImportJob,
    Item,
    Lesson,
    Passage,
    Practice,
    Project,
    Source,
    Template,
    Training,
    Version,
)
from kb.models.lifecycle import Application, ChangeRequest, Comment, LessonStep, Relation, RemedialAction
from kb.models.records import AuditEvent, EvaluationRun
from kb.models.searches import (
    Feedback,
    KnowledgeGap,
    KnowledgeGapQuery,
    SavedSearch,
    SearchEvent,
    SearchOpening,
)
from kb.models.sessions import LessonSession, NoteGroup, SessionNote, SessionVote
from kb.models.subscriptions import Announcement, Delivery, Subscription

__all__ = [
    "AdaptedEncoder",
    "Announcement",
    "Application",
    "AuditEvent",
    "Base",
    "ChangeRequest",
    "Comment",
    "Delivery",
    "Document",
    "Embedding",
    "EvaluationRun",
    "Facet",
    "FacetValue",
    "Feedback",
    "ImportJob",
    "Item",
    "KnowledgeGap",
    "KnowledgeGapQuery",
    "Lesson",
    "LessonSession",
    "LessonStep",
    "Moment",
    "NoteGroup",
    "Passage",
    "Practice",
    "Project",
    "Relation",
    "RemedialAction",
    "SavedSearch",
    "SearchEvent",
    "SearchOpening",
    "SessionNote",
    "SessionVote",
    "Source",
    "Subscription",
    "Template",
    "Training",
    "Version",
    "now",
]
