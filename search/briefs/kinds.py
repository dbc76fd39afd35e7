"""What a piece of a charter says of the project: by the heading above it, else by its own words."""

import re
from collections.abc import Sequence

from kb.briefs.values import NeedKind

_LONGEST_NAME = 8
"""Words of a section's name."""
_WORD = r"(?i)\b(?:{})"
_LEFT_OUT = re.compile(
    _WORD.format(
        r"approv(?:al|ed by|er)|signature|sign(?:ed|ing)?[ -]?offs?\b|authori[sz]ation|"
        r"authori[sz]ed by|document (?:control|history|information|properties|status)|"
        r"(?:version|revision|change) (?:history|control|log|record)|distribution|"
        r"table of contents|contents$|glossary|definitions|acronyms|abbreviations|references$|"
        r"bibliography|appendi(?:x|ces)\b|annex\b|out[ -]of[ -]scope|outside|exclusions?\b|"
        r"excluded|excluding|not in(?:cluded| scope)|contact|how to use|instructions|copyright|"
        r"disclaimer|prepared by|authors?\b|comments$|e-?mail|phone"
    )
)
"""Sections and labels under which stands what no need is, or what the project does not do."""
_TRIVIAL = re.compile(
    r"(?i)(?:(?:project|risk|issue|action) )?(?:title|name|number|code|id|nr|no|ref|manager|owner|role|"
    r"position|version|status|initials|likelihood|probability|score|rating|severity|unit|department|"
    r"(?:(?:start|finish|end|issue) )?date)\.?"
)
"""Columns and labels beside which stand single names, days and figures."""
_OUT = re.compile(r"(?i)out")
_TO_A_MACHINE = re.compile(
    r"(?i)(?:^|(?<=[.!?:] ))[\"'(]*(?:(?:please|now|and|then)[, ]+)*(?:"
    r"(?:ignore|disregard|forget|override)\b[^.!?\n]{0,60}\b(?:instructions?|prompts?|guidelines)\b|"
    r"you are (?:now )?(?:an? )?(?:AI\b|[^.!?\n]{0,30}(?:assistant|language model|chatbot)\b)|"
    r"(?:system|assistant) prompt\b)"
)
"""What would make a language model do something; no model reads here."""
_NARRATIVE = re.compile(
    _WORD.format(
        r"background|summary|overview|introduction|context|description|approach|strategy|"
        r"implementation|method|justif|rationale|business (?:case|need)|organi[sz]ation|"
        r"general|project$"
    )
)
_SECTIONS: tuple[tuple[NeedKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(_WORD.format(words)))
    for kind, words in (
        (
            NeedKind.RISK,
            r"risks?\b|threats?\b|issues?\b|concerns?\b|worr(?:y|ies)|fears?\b|challenges?\b|uncertaint|hazards?\b|"
            r"barriers?\b|obstacles?\b|mitigation|lessons|what (?:could|can|may) go wrong",
        ),
        (
            NeedKind.SUPPLIER,
            r"suppliers?\b|vendors?\b|procure|contract|subcontract|tender|outsourc|purchas|"
            r"sourcing|partners?\b|commercial",
        ),
        (
            NeedKind.STAKEHOLDER,
            r"stakeholders?\b|sponsor|product owner|customers?\b|clients?\b|users?\b|audience|communit|"
            r"governance|organi[sz]ation|team\b|roles?\b|responsib|communication|engagement|"
            r"people|resident|beneficiar|who\b|concerned|interested parties|steering",
        ),
        (
            NeedKind.CONSTRAINT,
            r"constraints?\b|assum|rules?\b|dependenc|budget|costs?\b|funding|financ|resourc|"
            r"limit|money|regulat|legal|complian|conditions?\b|tolerances?\b|standards?\b|quality|"
            r"security|safety|environment|interfaces?\b",
        ),
        (
            NeedKind.PHASE,
            r"milestones?\b|schedule|timelines?\b|phas(?:e|ing)|stages?\b|timetable|roadmap|"
            r"approach|implementation|^how\b|go-?live|work\b|"
            r"life ?cycle|gates?\b|transition|closure|delivery|strategy|"
            r"method|plan\b|planning|roll-?out|work ?packages?\b|handover|training|operat",
        ),
        (
            NeedKind.TECHNOLOGY,
            r"technolog|technical|architecture|systems?\b|platform|integration|infrastructure|"
            r"migration|software|hardware|equipment|design\b|engineering|solution|payload|"
            r"instruments?\b|data\b",
        ),
        (NeedKind.LOCATION, r"locations?\b|sites?\b|venues?\b|geograph|facilit|place\b|premises"),
        (
            NeedKind.DELIVERABLE,
            r"deliverables?\b|in[ -]scope|scope|outputs?\b|products?\b|requirements?\b|"
            r"features?\b|functional|build\b|in$|included|what (?:will|we (?:will|shall))|results?\b",
        ),
        (
            NeedKind.OBJECTIVE,
            r"objectives?\b|goals?\b|aims?\b|purpose|vision|mission|benefits?\b|outcomes?\b|"
            r"success|reach|achieve|business (?:case|need)|justif|problem|opportunit|rationale|"
            r"targets?\b|kpi|"
            r"background|summary|overview|introduction|why\b|context|need\b|drivers?\b|"
            r"description|acceptance",
        ),
    )
)
_CUES: tuple[tuple[NeedKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(_WORD.format(words)))
    for kind, words in (
        (
            NeedKind.RISK,
            r"risks?\b|threat|hazard|might\b|could (?:delay|fail|"
            r"be (?:late|lost|delayed)|lead|cause|stop)|may (?:not|delay|fail|"
            r"be (?:late|lost|delayed|short))|uncertain|concern|fear|worr(?:y|ied)|danger|"
            r"vulnerab|(?:has|have) failed|resist(?:ance|ed)?\b|opposition|shortage",
        ),
        (
            NeedKind.SUPPLIER,
            r"suppliers?\b|vendors?\b|contractors?\b|subcontract|tender|procure|consorti|outsourc|"
            r"contract\b|manufacturers?\b|integrators?\b|"
            r"\w+ (?:Ltd|Inc|GmbH|plc|LLC|Corp|AG|S\.A)\b",
        ),
        (
            NeedKind.CONSTRAINT,
            r"must\b|shall not|no later than|deadline|within (?:the |its |a )?budget|limited to|"
            r"cannot|at most|fixed\b|assum|depends? on|dependen|compl(?:y|ies|iance)|regulat|"
            r"budget|not exceed|only (?:if|when|during|after)|legislation|\blaw\b|licen[cs]e",
        ),
        (
            NeedKind.STAKEHOLDER,
            r"residents?\b|communit|unions?\b|regulators?\b|ministr|patients?\b|citizens?\b|"
            r"stakeholders?\b|councils?\b|sponsors?\b|staff\b|employees|neighbours?\b|students?\b|"
            r"nurses?\b|clinicians?\b",
        ),
        (
            NeedKind.PHASE,
            r"pilot|roll(?:ed)?[ -]?out|phases?\b|go[ -]live|cut-?over|commissioning|handover|"
            r"hand over|milestone|launch|by (?:the end of|"
            r"(?:Q[1-4]|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))|parallel running|"
            r"decommission|acceptance test",
        ),
        (
            NeedKind.TECHNOLOGY,
            r"software|hardware|interfaces?\b|integrat|migrat|databases?\b|platform|cloud|network|"
            r"sensors?\b|application|legacy|APIs?\b|prototype|algorithm|telemetry|batter(?:y|ies)|"
            r"cyber",
        ),
        (
            NeedKind.LOCATION,
            r"(?:across|at|in) (?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|all) "
            r"(?:\w+ )?(?:sites|locations|countries|regions|offices|schools|hospitals|cities|districts|"
            r"campuses)|"
            r"remote (?:site|area|location)|abroad|overseas|island",
        ),
        (
            NeedKind.OBJECTIVE,
            r"aims? to|in order to|so that|objective|goal|reduc|increas|improv|replac|enabl|"
            r"moderni[sz]|restor|establish",
        ),
    )
)


def is_section(words: str) -> bool:
    """Whether *words* are the name of a section or a label that charters have."""
    known = left_out([words]) or any(pattern.search(words) for _, pattern in _SECTIONS)
    return known and len(words.split()) <= _LONGEST_NAME and not trivial(words)


def left_out(headings: Sequence[str]) -> bool:
    """Whether what stands under *headings* is boilerplate or says what the project does not do."""
    return any(_LEFT_OUT.search(heading) or _OUT.fullmatch(heading) for heading in headings)


def trivial(label: str) -> bool:
    """Whether beside *label*, or in a column of that name, stand single names, days and figures."""
    return bool(_TRIVIAL.fullmatch(label))


def to_a_machine(text: str) -> bool:
    """Whether a sentence speaks to a machine that reads it, not of the project."""
    return bool(_TO_A_MACHINE.search(text))


def narrates(heading: str) -> bool:
    """Whether anything may be said under *heading*."""
    return bool(_NARRATIVE.search(heading))


def of_section(headings: Sequence[str]) -> NeedKind | None:
    """What the innermost telling one of *headings* announces."""
    for heading in reversed(headings):
        if kind := next((kind for kind, pattern in _SECTIONS if pattern.search(heading)), None):
            return kind
    return None


def of_words(text: str) -> NeedKind | None:
    """What a sentence announces by its own words."""
    return next((kind for kind, pattern in _CUES if pattern.search(text)), None)
