"""The field's vocabularies, in one place.

Terms follow NATO's lessons-learned process, PRINCE2, the US DOE lessons standard (priority) and the
APM Body of Knowledge (knowledge areas).
"""

import re
from enum import StrEnum
from typing import TypeVar

Term = TypeVar("Term", bound=StrEnum)


class Kind(StrEnum):
    """The five kinds of item."""

    LESSON = "lesson"
    PRACTICE = "practice"
    TEMPLATE = "template"
    TRAINING = "training"
    DOCUMENT = "document"


class Classification(StrEnum):
    """Who may read an item, from everybody to few."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"


class Status(StrEnum):
    """Where an item stands: the first eight are a lesson's life (NATO), the rest a document's."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REJECTED = "rejected"
    ENDORSED = "endorsed"
    IN_ACTION = "in_action"
    LEARNED = "learned"
    SUPERSEDED = "superseded"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Polarity(StrEnum):
    """Whether a lesson tells of something to repeat or to avoid."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Priority(StrEnum):
    """How urgent a lesson is (US DOE: red, yellow, blue, green)."""

    URGENT = "urgent"
    CAUTION = "caution"
    INFORMATION = "information"
    GOOD_PRACTICE = "good_practice"


class Phase(StrEnum):
    """When in a project's life it matters."""

    PRE_PROJECT = "pre_project"
    INITIATION = "initiation"
    PLANNING = "planning"
    DELIVERY = "delivery"
    TRANSITION = "transition"
    CLOSURE = "closure"
    BENEFITS = "benefits"


class Approach(StrEnum):
    """How the project is delivered."""

    PREDICTIVE = "predictive"
    AGILE = "agile"
    HYBRID = "hybrid"


class KnowledgeArea(StrEnum):
    """What it is about."""

    BUSINESS_CASE = "business_case"
    BENEFITS = "benefits"
    GOVERNANCE = "governance"
    ORGANISATION_AND_RESOURCES = "organisation_and_resources"
    STAKEHOLDER_ENGAGEMENT = "stakeholder_engagement"
    COMMUNICATION = "communication"
    REQUIREMENTS_AND_SCOPE = "requirements_and_scope"
    PLANNING_AND_SCHEDULE = "planning_and_schedule"
    COST_AND_FINANCE = "cost_and_finance"
    PROCUREMENT_AND_CONTRACT = "procurement_and_contract"
    QUALITY = "quality"
    RISK = "risk"
    ISSUES_AND_CHANGE = "issues_and_change"
    ASSURANCE_AND_REVIEWS = "assurance_and_reviews"
    TECHNICAL_SOLUTION = "technical_solution"
    INFORMATION_AND_DATA = "information_and_data"
    TRANSITION = "transition"
    TEAM_AND_LEADERSHIP = "team_and_leadership"
    SUSTAINABILITY = "sustainability"
    HEALTH_AND_SAFETY = "health_and_safety"
    KNOWLEDGE_MANAGEMENT = "knowledge_management"


class Sector(StrEnum):
    """Where the project belongs."""

    CONSTRUCTION = "construction"
    TRANSPORT = "transport"
    ENERGY = "energy"
    DEFENCE = "defence"
    SPACE = "space"
    HEALTH = "health"
    EDUCATION = "education"
    FINANCE = "finance"
    ICT = "ict"
    PUBLIC_SERVICES = "public_services"
    MANUFACTURING = "manufacturing"
    RESEARCH = "research"
    CROSS_SECTOR = "cross_sector"


class DocumentKind(StrEnum):
    """What sort of document it is."""

    PLAN = "plan"
    CHARTER = "charter"
    BUSINESS_CASE = "business_case"
    REPORT = "report"
    REGISTER = "register"
    MINUTES = "minutes"
    GUIDE = "guide"
    HANDBOOK = "handbook"
    GLOSSARY = "glossary"
    CHECKLIST = "checklist"
    PROCESS = "process"
    POLICY = "policy"
    COMPETENCE = "competence"
    ROLE_PROFILE = "role_profile"
    OTHER = "other"


class TemplateForm(StrEnum):
    """How a template is filled."""

    DOCUMENT = "document"
    REGISTER = "register"


class TrainingFormat(StrEnum):
    """How training is given."""

    COURSE = "course"
    WORKSHOP = "workshop"
    E_LEARNING = "e_learning"
    WEBINAR = "webinar"
    READING = "reading"
    COACHING = "coaching"
    UNIT = "unit"
    """A few minutes with one lesson: what happened, a question, the lesson's answer."""
    ASSESSMENT = "assessment"
    CERTIFICATION = "certification"


class TrainingLevel(StrEnum):
    """Whom training is for."""

    FOUNDATION = "foundation"
    PRACTITIONER = "practitioner"
    EXPERT = "expert"


class OfferState(StrEnum):
    """Whether training can be taken."""

    ON_OFFER = "on_offer"
    UPCOMING = "upcoming"
    EXPIRED = "expired"


class Target(StrEnum):
    """What a remedial action changes (after TNO's levels of remedy)."""

    TEMPLATE = "template"
    PROCESS = "process"
    TRAINING = "training"
    STANDARD = "standard"
    TOOL = "tool"
    ORGANISATION = "organisation"


class ActionState(StrEnum):
    """Where a remedial action stands."""

    OPEN = "open"
    DONE = "done"
    VALIDATED = "validated"
    CANCELLED = "cancelled"


class ChangeState(StrEnum):
    """Where a proposed change to a text stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class FlagState(StrEnum):
    """Where a suspected disagreement of two items stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class ProposalState(StrEnum):
    """Where an observation that was mined out of a document stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class GapState(StrEnum):
    """Where a knowledge gap stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class NeedState(StrEnum):
    """Where a training need stands that somebody decided on."""

    ACCEPTED = "accepted"
    MET = "met"
    DISMISSED = "dismissed"


class Outcome(StrEnum):
    """What came of applying a lesson or a practice."""

    NOT_YET_KNOWN = "not_yet_known"
    EFFECTIVE = "effective"
    PARTLY_EFFECTIVE = "partly_effective"
    NOT_EFFECTIVE = "not_effective"
    RECURRENCE = "recurrence"


class ReviewState(StrEnum):
    """How an item stands beside its review date."""

    CURRENT = "current"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    UNSET = "unset"


class Having(StrEnum):
    """What became of a lesson."""

    ACTION = "action"
    """A remedial action that was not cancelled."""
    VALIDATED = "validated"
    """An action that somebody else found to work."""
    APPLIED = "applied"
    """A project applied it."""
    USED = "used"
    """It was applied, or learned, or its trouble came back."""
    RECURRED = "recurred"
    """Its trouble came back."""
    ENDORSED = "endorsed"
    """It was submitted here, and endorsed."""
    LEARNED = "learned"
    """It was submitted here, and declared learned."""


class By(StrEnum):
    """What the lessons of a year are told apart by."""

    POLARITY = "polarity"
    AREA = "area"
    PHASE = "phase"


class Link(StrEnum):
    """How one item stands to another."""

    DUPLICATE_OF = "duplicate_of"
    SUPERSEDES = "supersedes"
    CONTRADICTS = "contradicts"
    SUPPORTS = "supports"
    RELATED_TO = "related_to"


class SessionKind(StrEnum):
    """On what occasion people gather to learn from it."""

    AFTER_ACTION = "after_action"
    STAGE_END = "stage_end"
    PROJECT_END = "project_end"
    INTERVIEW = "interview"


class SessionState(StrEnum):
    """Where a lessons session stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What a project makes of a lesson in its brief."""

    APPLICABLE = "applicable"
    NOT_APPLICABLE = "not_applicable"
    ALREADY_CONTROLLED = "already_controlled"
    NEEDS_ACTION = "needs_action"


class Role(StrEnum):
    """What somebody does in the office."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    COORDINATOR = "coordinator"
    CONSULTANT = "consultant"
    TRAINER = "trainer"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"


class FacetName(StrEnum):
    """What results can be filtered and counted by."""

    KIND = "kind"
    PHASE = "phase"
    AREA = "area"
    PROJECT = "project"
    SECTOR = "sector"
    APPROACH = "approach"
    TAG = "tag"
    COMPETENCE = "competence"
    YEAR = "year"
    OWNER = "owner"


REFERENCE_PREFIX = {
    Kind.LESSON: "L",
    Kind.PRACTICE: "P",
    Kind.TEMPLATE: "T",
    Kind.TRAINING: "C",
    Kind.DOCUMENT: "D",
}
"""First letter of a reference given by the base, such as `L-12`."""


def term(vocabulary: type[Term], text: str) -> Term | None:
    """The vocabulary's term written as *text* in any case and spacing, or None."""
    wanted = re.sub(r"[^a-z]+", "_", text.lower()).strip("_")
    return next((value for value in vocabulary if value == wanted), None)


_LABELS = {
    "ict": "ICT",
    "pre_project": "Pre-project",
    "cross_sector": "Cross-sector",
    "e_learning": "E-learning",
    "unit": "Learning unit",
    "after_action": "After-action review",
    "stage_end": "End of stage",
    "project_end": "End of project",
}


def label(value: str) -> str:
    """A term as people read it: `risk_register` → `Risk register`."""
    if value in _LABELS:
        return _LABELS[value]
    words = value.replace("_", " ")
    return words[:1].upper() + words[1:]
