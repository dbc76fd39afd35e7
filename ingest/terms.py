"""Words that people use for the vocabularies' terms. A word that may mean two things is left out."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from kb.vocabulary import (
    Approach,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Sector,
    TrainingFormat,
    TrainingLevel,
    term,
)

Term = TypeVar(
    "Term", KnowledgeArea, Phase, Approach, Sector, Polarity, Priority, TrainingFormat, TrainingLevel
)

AREAS: dict[KnowledgeArea, str] = {
    KnowledgeArea.BUSINESS_CASE: "business case|investment appraisal|cost benefit analysis|feasibility",
    KnowledgeArea.BENEFITS: "benefit|benefits|benefits realisation|benefits realization|benefits management",
    KnowledgeArea.GOVERNANCE: (
        "governance|steering committee|project board|stage gate|decision log|project charter"
    ),
    KnowledgeArea.ORGANISATION_AND_RESOURCES: (
        "resource management|resource planning|resourcing|staffing|human resources|raci|"
        "raci matrix|capacity planning"
    ),
    KnowledgeArea.STAKEHOLDER_ENGAGEMENT: (
        "stakeholder|stakeholders|stakeholder engagement|stakeholder management|stakeholder analysis"
    ),
    KnowledgeArea.COMMUNICATION: "communication|communications|communication plan|communications plan",
    KnowledgeArea.REQUIREMENTS_AND_SCOPE: (
        "scope|scope management|requirements|requirement|requirements management|scope validation|wbs|"
        "work breakdown structure|product backlog|user stories|functional requirements"
    ),
    KnowledgeArea.PLANNING_AND_SCHEDULE: (
        "schedule|scheduling|schedule management|time management|gantt|milestones|project plan|"
        "sprint planning|roadmap"
    ),
    KnowledgeArea.COST_AND_FINANCE: (
        "cost|costs|budget|budgeting|cost management|finance|financial management|"
        "financial analysis|earned value|"
        "cost estimation|business finance"
    ),
    KnowledgeArea.PROCUREMENT_AND_CONTRACT: (
        "procurement|contract|contracts|contracting|contract management|acquisition|vendor management|"
        "supplier management|suppliers"
    ),
    KnowledgeArea.QUALITY: "quality|quality management|quality assurance|quality control|product assurance",
    KnowledgeArea.RISK: "risk|risks|risk management|risk assessment|risk register|risk analysis",
    KnowledgeArea.ISSUES_AND_CHANGE: (
        "issue log|issue management|change control|change request|change requests|issues log|"
        "configuration management|"
        "configuration control"
    ),
    KnowledgeArea.ASSURANCE_AND_REVIEWS: (
        "assurance|audit|independent verification|project review|design reviews"
    ),
    KnowledgeArea.TECHNICAL_SOLUTION: (
        "engineering|software engineering|engineering design|integration and testing|systems engineering|"
        "architecture|technical solution"
    ),
    KnowledgeArea.INFORMATION_AND_DATA: (
        "data management|information management|documentation|records management|data migration"
    ),
    KnowledgeArea.TRANSITION: "transition|handover|deployment|go live|cutover|decommissioning",
    KnowledgeArea.TEAM_AND_LEADERSHIP: (
        "leadership|team building|teamwork|team|team development|conflict management|people management"
    ),
    KnowledgeArea.SUSTAINABILITY: "sustainability|environment|environmental|carbon",
    KnowledgeArea.HEALTH_AND_SAFETY: (
        "safety|health and safety|occupational health|personal protective equipment|hazardous operations"
    ),
    KnowledgeArea.KNOWLEDGE_MANAGEMENT: "knowledge management|lessons learned|lessons learnt",
}
PHASES: dict[Phase, str] = {
    Phase.PRE_PROJECT: "pre project|concept|feasibility|pre phase a",
    Phase.INITIATION: "initiation|initiating|initiating phase|start up|startup|kick off|kickoff",
    Phase.PLANNING: "planning|planning phase|plan|design|definition",
    Phase.DELIVERY: (
        "delivery|execution|executing|executing phase|implementation|construction|development|monitoring|"
        "monitoring control|monitor and control|monitoring and control|testing|build"
    ),
    Phase.TRANSITION: "transition|handover|deployment|go live|rollout|roll out",
    Phase.CLOSURE: "closure|closing|closing phase|close out|closeout|project closure",
    Phase.BENEFITS: "benefits|benefits realisation|operations|operation",
}
APPROACHES: dict[Approach, str] = {
    Approach.PREDICTIVE: "predictive|waterfall|traditional|prince2",
    Approach.AGILE: "agile|scrum|kanban|sprint|lean",
    Approach.HYBRID: "hybrid",
}
SECTORS: dict[Sector, str] = {
    Sector.CONSTRUCTION: "construction|infrastructure|building",
    Sector.TRANSPORT: "transport|transportation|rail|highways|aviation",
    Sector.ENERGY: "energy|oil and gas|nuclear|utilities",
    Sector.DEFENCE: "defence|defense|military",
    Sector.SPACE: "space|aerospace",
    Sector.HEALTH: "health|healthcare|pharmaceutical",
    Sector.EDUCATION: "education|university",
    Sector.FINANCE: "finance|banking|insurance",
    Sector.ICT: "ict|it|software|telecoms|information technology",
    Sector.PUBLIC_SERVICES: "public services|public sector|government",
    Sector.MANUFACTURING: "manufacturing|automotive",
    Sector.RESEARCH: "research|science",
    Sector.CROSS_SECTOR: "cross sector|any|all",
}
POLARITIES: dict[Polarity, str] = {
    Polarity.POSITIVE: (
        "positive|went well|what went well|success|good|strength|keep|good practice|worked well"
    ),
    Polarity.NEGATIVE: (
        "negative|went wrong|what went wrong|problem|failure|needs improvement|to improve|"
        "improvement|bad|weakness|"
        "stop|did not go well|could be improved|issue"
    ),
}
PRIORITIES: dict[Priority, str] = {
    Priority.URGENT: "urgent|red|critical",
    Priority.CAUTION: "caution|yellow|amber|high",
    Priority.INFORMATION: "information|blue|medium|low",
    Priority.GOOD_PRACTICE: "good practice|green",
}
FORMATS: dict[TrainingFormat, str] = {
    TrainingFormat.COURSE: "course|classroom|instructor led|nanodegree",
    TrainingFormat.WORKSHOP: "workshop|seminar",
    TrainingFormat.E_LEARNING: "e learning|elearning|online|online course|self paced|video",
    TrainingFormat.WEBINAR: "webinar",
    TrainingFormat.READING: "reading|book|guide",
    TrainingFormat.COACHING: "coaching|mentoring",
    TrainingFormat.UNIT: "unit|learning unit|micro learning",
    TrainingFormat.ASSESSMENT: "assessment|self assessment|quiz|test",
    TrainingFormat.CERTIFICATION: "certification|qualification|examination|exam",
}
LEVELS: dict[TrainingLevel, str] = {
    TrainingLevel.FOUNDATION: "foundation|beginner|beginner level|introductory|basic|entry|conversant",
    TrainingLevel.PRACTITIONER: "practitioner|intermediate|intermediate level|mixed",
    TrainingLevel.EXPERT: "expert|expert level|advanced|advanced level|professional",
}


def find(synonyms: dict[Term, str], text: str) -> Term | None:
    """The term that *text* as a whole names, by its own name or a synonym; None when it names none."""
    wanted = normal(text)
    own = term(type(next(iter(synonyms))), text)
    return own or next((value for value, words in synonyms.items() if wanted in words.split("|")), None)


def find_all(synonyms: dict[Term, str], texts: Iterable[str]) -> tuple[Term, ...]:
    """The terms that *texts* name, each once, in the vocabulary's order."""
    found = {value for text in texts if (value := find(synonyms, text)) is not None}
    return tuple(value for value in synonyms if value in found)


def mentioned(synonyms: dict[Term, str], text: str) -> tuple[Term, ...]:
    """The terms of which a synonym stands in *text* as whole words."""
    padded = f" {normal(text)} "
    return tuple(
        value for value, words in synonyms.items() if any(f" {word} " in padded for word in words.split("|"))
    )


def unknown(synonyms: dict[Term, str], texts: Sequence[str]) -> tuple[str, ...]:
    """Those of *texts* that name no term."""
    return tuple(text for text in texts if find(synonyms, text) is None)


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """*text* in lower-case words: `LessonDate`, `lesson_date` and `Lesson date:` are the same."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.findall(r"[^\W_]+", spaced.lower()))
