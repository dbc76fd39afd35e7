"""Training needs as they are decided on and given over HTTP."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.learning.needs import Decision, Need, Subject
from kb.vocabulary import NeedState
from web.learning import training_needs
from web.learning.training_needs import Proposal
from web.schemas import ItemOut, Out, PageOut


class DecisionIn(BaseModel):
    """What is done about a need."""

    model_config = ConfigDict(extra="forbid")

    state: NeedState = Field(
        description="accepted needs an owner, met the reference of training, dismissed a note."
    )
    owner: str = Field(default="", max_length=200, description="Who sees to it.")
    item: str = Field(default="", max_length=200, description="Reference of the training that meets it.")
    note: str = Field(default="", max_length=20_000)

    def decision(self) -> Decision:
        """As a value."""
        return Decision(self.state, self.owner, self.item, self.note)


class ProposalDecisionIn(DecisionIn):
    """The same for something that is proposed."""

    key: str = Field(max_length=120, description="The proposal's key.")


class CoveringOut(Out):
    """Training that covers a need."""

    item: ItemOut
    nearness: float = Field(description="Cosine.")


class EvidenceOut(Out):
    """What speaks for a need."""

    said: str = Field(description="In numbers, as a sentence.")
    lessons: list[ItemOut] = Field(description="The most typical ones that you may see.")
    causes: list[str] = Field(description="As these lessons tell them.")

    @staticmethod
    def of(session: Session, principal: Principal, subject: Subject) -> "EvidenceOut":
        """Of a subject."""
        found = training_needs.evidence(session, principal, subject)
        return EvidenceOut(
            said=found.said,
            lessons=[ItemOut.of(lesson) for lesson in found.lessons],
            causes=list(found.causes),
        )


class NeedProposalOut(Out):
    """Something that training may be needed for."""

    key: str = Field(description="Names it until themes are found anew.")
    title: str
    size: int = Field(description="Lessons of the theme, or people who searched in vain.")
    covered: list[CoveringOut] = Field(description="Training that covers it; none: nothing does.")
    evidence: EvidenceOut
    url: str = Field(description="The page of the theme or knowledge gap.")

    @staticmethod
    def of(session: Session, principal: Principal, one: Proposal) -> "NeedProposalOut":
        """From a proposal."""
        return NeedProposalOut(
            key=one.key,
            title=one.subject.title,
            size=one.subject.size,
            covered=[
                CoveringOut(item=ItemOut.of(training.item), nearness=round(training.nearness, 4))
                for training in one.covered
            ],
            evidence=EvidenceOut.of(session, principal, one.subject),
            url=one.url,
        )


class NeedProposalsOut(PageOut):
    """A page of proposals: what nothing covers first, then the largest."""

    proposals: list[NeedProposalOut]


class NeedOut(Out):
    """A training need that somebody decided on."""

    id: int
    title: str
    size: int = Field(description="Lessons, or people who searched in vain, when it was decided on.")
    state: NeedState
    owner: str
    item: ItemOut | None = Field(description="The training that meets it, where you may see that.")
    note: str
    evidence: EvidenceOut
    decided_by: str
    decided_at: datetime

    @staticmethod
    def of(session: Session, principal: Principal, need: Need) -> "NeedOut":
        """From a need."""
        return NeedOut(
            id=need.id,
            title=need.subject.title,
            size=need.subject.size,
            state=need.state,
            owner=need.owner,
            item=ItemOut.of(need.item) if need.item else None,
            note=need.note,
            evidence=EvidenceOut.of(session, principal, need.subject),
            decided_by=need.decided_by,
            decided_at=need.decided_at,
        )


class NeedsOut(PageOut):
    """A page of needs, the latest decision first."""

    needs: list[NeedOut]
