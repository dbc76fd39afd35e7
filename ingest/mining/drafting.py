"""A proposal to the draft of a lesson, filled with what the document says."""

from dataclasses import replace

from ingest import composed, noted
from ingest.composed import Facts, LessonEntry
from kb.items import ItemDetail
from kb.proposals.records import Proposed
from kb.values import ItemDraft, LessonFields
from kb.vocabulary import Classification, Kind, Status

_TEXTS = ("event", "effect", "causes", "recommendation", "applies_when", "warning_signs")
_ORDER = tuple(Classification)


def entry(proposal: Proposed, document: ItemDetail) -> LessonEntry:
    """What stands in the form: the proposal's fields, the document's project and day, and the quotation.

    It is as confidential as its document, and no less than lessons are by default.
    """
    texts = {name: _sentence(getattr(proposal.said, name)) for name in _TEXTS}
    said = replace(LessonFields(polarity=proposal.said.polarity), **texts)
    classification = max(document.head.classification, Classification.INTERNAL, key=_ORDER.index)
    facts = Facts(
        title=proposal.title,
        project=document.head.project,
        dated=document.head.dated,
        classification=classification,
    )
    return LessonEntry(facts, said, _quotation(proposal))


def lesson(proposal: Proposed, document: ItemDetail) -> ItemDraft:
    """The draft of the lesson that a proposal makes, which cites its document."""
    base = ItemDraft(
        kind=Kind.LESSON,
        title="",
        body="",
        fields=LessonFields(),
        organisation=document.head.organisation,
        language=document.language,
        citation=citation(proposal),
        status=Status.DRAFT,
    )
    return composed.draft(entry(proposal, document), base)


def citation(proposal: Proposed) -> str:
    """Where a proposal was found, as people say it."""
    place = str(proposal.locator) or (f"“{proposal.headings}”" if proposal.headings else "")
    known = proposal.document
    return ", ".join(filter(None, (known.ref, known.title, place, f"version {proposal.version}")))


def _quotation(proposal: Proposed) -> str:
    quoted = noted.plain(" ".join(proposal.quotes))
    return f"Mined from {noted.plain(citation(proposal))}:\n\n> {quoted}"


def _sentence(text: str) -> str:
    """As Markdown, with a capital where a label stood before it."""
    return noted.plain(text[:1].upper() + text[1:])
