"""Kept lessons briefs as the API gives and takes them."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from kb.briefs import drawing, needs, signing, verdicts
from kb.briefs.stored import (
    BriefSummary,
    Decided,
    Decision,
    Origin,
    SignOff,
    StoredBrief,
    StoredEntry,
    StoredMatch,
    StoredNeed,
    VersionSummary,
)
from kb.briefs.values import NeedKind
from kb.sessions.gatherings import MAX_PROJECT
from kb.vocabulary import Classification, Verdict
from search.briefs.alike import AlikeProject
from web.addresses import brief_url, item_url
from web.briefs.briefs import Known, News
from web.briefs.premortem import Failure, PreMortem
from web.schemas import ItemOut, LocatorOut, Out, PageOut

MAX_CHARTER = 2_000_000
"""Characters of a charter that is sent as text."""


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BriefIn(_In):
    """What a brief is drawn from: a text, or a project whose charter is here."""

    text: str = Field(default="", max_length=MAX_CHARTER, description="The charter, Markdown or plain text.")
    project: str = Field(
        default="",
        max_length=MAX_PROJECT,
        description="Without a text, the charter that is here of this project is taken.",
        examples=["Harbour bridge"],
    )
    title: str = Field(
        default="", max_length=drawing.MAX_TITLE, description="The charter's heading when empty."
    )
    classification: Classification = Classification.INTERNAL


class BriefNeedIn(_In):
    """A need that the charter does not say."""

    kind: NeedKind
    text: str = Field(min_length=1, max_length=needs.MAX_TEXT)


class BriefNeedChange(_In):
    """What is to change about a need; what is left out stays."""

    kind: NeedKind | None = None
    text: str | None = Field(default=None, min_length=1, max_length=needs.MAX_TEXT)
    dropped: bool | None = Field(default=None, description="Whether the need matters not.")


class VerdictIn(_In):
    """What the project makes of a lesson."""

    verdict: Verdict
    rationale: str = Field(
        default="",
        max_length=verdicts.MAX_RATIONALE,
        description="Needed for not_applicable and already_controlled.",
    )
    owner: str = Field(default="", max_length=200, description="Needed for needs_action.")
    due: date | None = Field(default=None, description="Needed for needs_action.")

    def decision(self) -> Decision:
        """As it is kept."""
        return Decision(self.verdict, self.rationale, self.owner, self.due)


class SignOffIn(_In):
    """At which gate somebody stands for a brief."""

    gate: str = Field(min_length=1, max_length=signing.MAX_GATE, examples=["Gate 1"])
    note: str = Field(default="", max_length=signing.MAX_NOTE)


class BriefVersionIn(_In):
    """Why there is a new version, and the charter it is drawn from when that is another one."""

    reason: str = Field(default="", max_length=drawing.MAX_REASON)
    text: str = Field(default="", max_length=MAX_CHARTER, description="Empty = the same charter.")


class VerdictOut(Out):
    """What somebody decided about a lesson for the project."""

    verdict: Verdict
    rationale: str
    owner: str
    due: date | None
    by: str
    at: datetime

    @staticmethod
    def of(said: Decided) -> "VerdictOut":
        """From a decision."""
        one = said.decision
        return VerdictOut(
            verdict=one.verdict,
            rationale=one.rationale,
            owner=one.owner,
            due=one.due,
            by=said.by,
            at=said.at,
        )


class SignOffOut(Out):
    """Somebody stands for a version at a gate."""

    gate: str
    by: str
    at: datetime
    note: str

    @staticmethod
    def of(one: SignOff) -> "SignOffOut":
        """From a sign-off."""
        return SignOffOut.model_validate(one)


class BriefNeedOut(Out):
    """Something the project wants, depends on or fears."""

    number: int = Field(description="Counted from 1.")
    kind: NeedKind
    text: str
    headings: tuple[str, ...] = Field(description="Above it in the charter, outermost first.")
    start: int = Field(description="Where it begins in the charter's Markdown, in characters.")
    end: int
    locator: LocatorOut | None = Field(description="Where it stands in the charter's file.")
    origin: Origin = Field(description="Whether the charter says it, in these words, or a person does.")
    dropped: bool = Field(description="Whether people found that it matters not.")
    answered: bool | None = Field(description="Whether anything here answers it; null until looked up.")
    gap: int | None = Field(description="Number of the knowledge gap that it was offered as.")

    @staticmethod
    def of(one: StoredNeed) -> "BriefNeedOut":
        """From a need."""
        place = one.need.locator
        return BriefNeedOut(
            number=one.number,
            kind=one.need.kind,
            text=one.need.text,
            headings=one.need.headings,
            start=place.start,
            end=place.end,
            locator=LocatorOut.of(place),
            origin=one.origin,
            dropped=one.dropped,
            answered=one.answered,
            gap=one.gap,
        )


class BriefMatchOut(Out):
    """Why an item is in a brief: the passage that answers a need, as it read when it was found."""

    need: int = Field(description="The need's number.")
    relevance: float = Field(description="0 to 1.")
    headings: str
    text: str
    locator: LocatorOut | None
    url: str = Field(description="Opens the item's page at this passage.")

    @staticmethod
    def of(one: StoredMatch, ref: str) -> "BriefMatchOut":
        """From a match of the item *ref*."""
        return BriefMatchOut(
            need=one.need,
            relevance=one.relevance,
            headings=one.headings,
            text=one.text,
            locator=LocatorOut.of(one.locator),
            url=item_url(ref, passage=one.passage),
        )


class BriefEntryOut(Out):
    """An item the project should know of."""

    item: ItemOut
    version: int = Field(description="Of the item, when it was found or decided about.")
    changed: bool = Field(description="Whether it says something else by now.")
    withdrawn: bool
    matches: list[BriefMatchOut] = Field(description="The most relevant first.")
    alike: int = Field(description="How many items say nearly the same and were folded into this one.")
    recommendation: str = Field(description="What to do, Markdown; empty for what is no lesson.")
    applied: int = Field(description="How many projects' records say that it was applied …")
    worked: int = Field(description="… and to some effect.")
    found_applicable: int = Field(description="How many other briefs that you may see found so …")
    found_not_applicable: int = Field(description="… and how many that it does not apply.")
    verdict: VerdictOut | None = Field(description="Null until somebody decided; only lessons get one.")
    earlier: VerdictOut | None = Field(description="What was decided before the lesson was changed.")
    actions: list[int] = Field(
        description="Numbers of the lesson's remedial actions, once the project needs one."
    )

    @staticmethod
    def of(one: StoredEntry, known: Known) -> "BriefEntryOut":
        """From an entry."""
        record, said = known.record(one.item.id), known.lessons.get(one.item.id)
        useful, idle = known.found(one.item.id)
        return BriefEntryOut(
            item=ItemOut.of(one.item),
            version=one.version,
            changed=one.changed,
            withdrawn=one.withdrawn,
            matches=[BriefMatchOut.of(match, one.item.ref) for match in one.matches],
            alike=len(one.alike),
            recommendation=said.recommendation if said else "",
            applied=record.applied,
            worked=record.worked,
            found_applicable=useful,
            found_not_applicable=idle,
            verdict=VerdictOut.of(one.decided) if one.decided else None,
            earlier=VerdictOut.of(one.earlier) if one.earlier else None,
            actions=[action.id for action in known.actions.get(one.item.ref, ())],
        )


class BriefOut(Out):
    """A brief as lists show it."""

    code: str = Field(examples=["K7PD3W"])
    title: str
    project: str
    classification: Classification
    version: int = Field(description="The newest.")
    created_by: str
    created_at: datetime
    lessons: int = Field(description="In the newest version, that you may see …")
    decided: int = Field(description="… and that have a verdict.")
    signed: SignOffOut | None = Field(description="The last sign-off of the newest version.")
    url: str = Field(description="Its page.")

    @staticmethod
    def of(one: BriefSummary) -> "BriefOut":
        """From a summary."""
        return BriefOut(
            code=one.code,
            title=one.title,
            project=one.project,
            classification=one.classification,
            version=one.version,
            created_by=one.created_by,
            created_at=one.created_at,
            lessons=one.progress.lessons,
            decided=one.progress.decided,
            signed=SignOffOut.of(one.signed) if one.signed else None,
            url=brief_url(one.code),
        )


class BriefsOut(PageOut):
    """A page of briefs, newest first."""

    briefs: list[BriefOut]


class BriefVersionOut(Out):
    """A state of a brief; one that was signed never changes again."""

    number: int
    reason: str
    source_name: str = Field(description="Of the charter's file; empty when it was pasted.")
    charter_digest: str
    made_by: str
    made_at: datetime
    looked_by: str
    looked_at: datetime | None = Field(description="When its needs were looked up; null before.")
    sign_offs: list[SignOffOut]

    @staticmethod
    def of(one: VersionSummary) -> "BriefVersionOut":
        """From a version."""
        return BriefVersionOut(
            number=one.number,
            reason=one.reason,
            source_name=one.source_name,
            charter_digest=one.charter_digest,
            made_by=one.made_by,
            made_at=one.made_at,
            looked_by=one.looked_by,
            looked_at=one.looked_at,
            sign_offs=[SignOffOut.of(said) for said in one.sign_offs],
        )


class BriefDetailOut(Out):
    """A brief at one version."""

    brief: BriefOut
    version: BriefVersionOut
    versions: list[BriefVersionOut] = Field(description="All, the newest first.")
    needs: list[BriefNeedOut]
    entries: list[BriefEntryOut] = Field(description="By likely consequence for the project.")
    lessons: int = Field(description="Of this version …")
    decided: int = Field(description="… and with a verdict.")

    @staticmethod
    def of(found: StoredBrief, known: Known) -> "BriefDetailOut":
        """From a brief."""
        return BriefDetailOut(
            brief=BriefOut.of(found.head),
            version=BriefVersionOut.of(found.version),
            versions=[BriefVersionOut.of(one) for one in found.versions],
            needs=[BriefNeedOut.of(one) for one in found.needs],
            entries=[BriefEntryOut.of(one, known) for one in found.entries],
            lessons=found.progress.lessons,
            decided=found.progress.decided,
        )


class BriefNewsOut(Out):
    """What became of a brief since its needs were looked up."""

    new: list[ItemOut] = Field(description="Lessons that would be in it now.")
    changed: list[ItemOut] = Field(description="Lessons of it that say something else by now.")
    retired: list[ItemOut] = Field(description="Lessons of it that were superseded or rejected.")

    @staticmethod
    def of(news: News) -> "BriefNewsOut":
        """From news."""
        return BriefNewsOut(
            new=[ItemOut.of(one) for one in news.new],
            changed=[ItemOut.of(one) for one in news.changed],
            retired=[ItemOut.of(one) for one in news.retired],
        )


class GapMadeOut(Out):
    """The knowledge gap that a need became."""

    number: int
    url: str


class FailureOut(Out):
    """A way in which it failed elsewhere."""

    item: ItemOut = Field(description="The lesson that tells of it.")
    causes: str = Field(description="Markdown.")
    warning_signs: str = Field(description="Markdown.")
    effect: str = Field(description="Markdown.")
    need: str = Field(description="What of the charter it threatens.")
    weight: float = Field(description="How grave it is for this project, beside the others.")
    in_brief: bool = Field(description="Else it is of a similar project.")

    @staticmethod
    def of(one: Failure) -> "FailureOut":
        """From a failure."""
        return FailureOut(
            item=ItemOut.of(one.item),
            causes=one.said.causes,
            warning_signs=one.said.warning_signs,
            effect=one.said.effect,
            need=one.need,
            weight=round(one.weight, 4),
            in_brief=one.in_brief,
        )


class ThemeOfFailuresOut(Out):
    """Failures that mean much the same, the gravest first."""

    name: str
    failures: list[FailureOut]


class LearnedOut(Out):
    """An item of an earlier project that says why it is like the one of a brief."""

    item: ItemOut
    need: int = Field(description="The need of the brief that it lies nearest to.")
    relevance: float = Field(description="0 to 1.")
    text: str = Field(description="The passage.")
    url: str = Field(description="Opens the item's page at this passage.")


class BriefProjectOut(Out):
    """An earlier project that is like the one of a brief."""

    name: str
    items: int = Field(description="Items of it that were compared.")
    closeness: float = Field(description="How near it lies in meaning to the needs together, -1 to 1.")
    why: list[LearnedOut] = Field(description="What was learned in it for some of the needs, nearest first.")

    @staticmethod
    def of(one: AlikeProject, brief: StoredBrief) -> "BriefProjectOut":
        """From a project that is like the one of *brief*."""
        return BriefProjectOut(
            name=one.project.name,
            items=one.project.items,
            closeness=one.project.closeness,
            why=[
                LearnedOut(
                    item=ItemOut.of(entry.item),
                    need=brief.wanted[match.need].number,
                    relevance=match.relevance,
                    text=match.passage.text,
                    url=item_url(entry.item.ref, passage=match.passage.ordinal),
                )
                for entry in one.why
                for match in entry.matches
            ],
        )


class PreMortemOut(Out):
    """How a project could fail."""

    themes: list[ThemeOfFailuresOut]
    projects: list[BriefProjectOut] = Field(description="Earlier projects that are like it.")

    @staticmethod
    def of(pack: PreMortem, brief: StoredBrief) -> "PreMortemOut":
        """From a pre-mortem of *brief*."""
        return PreMortemOut(
            themes=[
                ThemeOfFailuresOut(name=one.name, failures=[FailureOut.of(each) for each in one.failures])
                for one in pack.themes
            ],
            projects=[BriefProjectOut.of(one, brief) for one in pack.projects],
        )
