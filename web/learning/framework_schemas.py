"""Competences and roles as the API gives them."""

from pydantic import Field

from kb.learning.catalogue import Offer
from kb.learning.frameworks import Rung
from kb.learning.values import Competence, Gap, Role, Stage, key
from kb.vocabulary import TrainingFormat, TrainingLevel
from web.addresses import item_url
from web.learning.frameworks import CompetenceView, RoleView, Taken
from web.schemas import Out


class LevelOut(Out):
    """What somebody does who is at a level."""

    number: int
    name: str
    text: str


class CompetenceOut(Out):
    """A competence."""

    ref: str = Field(examples=["HS-D-129"])
    name: str
    summary: str
    group: str
    levels: list[LevelOut] = Field(description="From 0 (unaware) to 5 (expert).")
    names: dict[str, list[str]] = Field(description="What other frameworks call it, by framework.")
    url: str = Field(description="Its page.")

    @staticmethod
    def of(one: Competence) -> "CompetenceOut":
        """From a competence."""
        return CompetenceOut(
            ref=one.ref,
            name=one.name,
            summary=one.summary,
            group=one.group,
            levels=[LevelOut.model_validate(level) for level in one.levels],
            names={framework: list(names) for framework, names in one.names.items()},
            url=f"/competences/{one.ref}",
        )


class AskedOut(Out):
    """A role that asks for a competence."""

    role: str
    ref: str
    level: int


class OfferOut(Out):
    """Training that teaches a competence."""

    ref: str
    title: str
    level: int = Field(description="To which it teaches the competence.")
    provider: str
    format: TrainingFormat | None
    audience: TrainingLevel | None
    hours: float | None
    cost: float | None
    currency: str
    url: str

    @staticmethod
    def of(offer: Offer, competence: str) -> "OfferOut":
        """From training, as far as it teaches *competence*."""
        return OfferOut(
            ref=offer.ref,
            title=offer.title,
            level=offer.levels[key(competence)],
            provider=offer.provider,
            format=offer.format,
            audience=offer.level,
            hours=offer.hours,
            cost=offer.cost,
            currency=offer.currency,
            url=item_url(offer.ref),
        )


class CompetenceDetailOut(CompetenceOut):
    """A competence with who asks for it and what teaches it."""

    asked: list[AskedOut] = Field(description="The highest level first.")
    training: list[OfferOut] = Field(description="What teaches the least first.")

    @staticmethod
    def of_view(view: CompetenceView) -> "CompetenceDetailOut":
        """From all that is known of a competence."""
        return CompetenceDetailOut(
            **CompetenceOut.of(view.competence).model_dump(),
            asked=[
                AskedOut(role=one.role.name, ref=one.role.ref, level=one.required.level) for one in view.asked
            ],
            training=[OfferOut.of(offer, view.competence.name) for offer in view.training],
        )


class RequiredOut(Out):
    """A competence that a role asks for."""

    name: str
    level: int
    reason: str = Field(description="What it is needed for.")


class RoleOut(Out):
    """A role."""

    ref: str = Field(examples=["HS-D-153"])
    name: str
    summary: str
    stage: Stage | None
    experience: str = Field(description="Years.", examples=["3-5"])
    requires: list[RequiredOut]
    following: list[str] = Field(description="Roles that may follow.")
    url: str = Field(description="Its page.")

    @staticmethod
    def of(one: Role) -> "RoleOut":
        """From a role."""
        return RoleOut(
            ref=one.ref,
            name=one.name,
            summary=one.summary,
            stage=one.stage,
            experience=one.experience,
            requires=[RequiredOut.model_validate(required) for required in one.requires],
            following=list(one.following),
            url=f"/roles/{one.ref}",
        )


class GapOut(Out):
    """A competence in which somebody is below what is wanted."""

    name: str
    level: int
    wanted: int

    @staticmethod
    def of(gap: Gap) -> "GapOut":
        """From a gap."""
        return GapOut.model_validate(gap)


class RungOut(Out):
    """A step from a role to one that may follow."""

    start: str
    end: str
    experience: str = Field(description="Years that the role it leads to asks for.")
    missing: list[GapOut] = Field(description="What it asks for beyond the role before, the widest first.")

    @staticmethod
    def of(rung: Rung) -> "RungOut":
        """From a step of the ladder."""
        return RungOut(
            start=rung.start.name,
            end=rung.end.name,
            experience=rung.end.experience,
            missing=[GapOut.of(gap) for gap in rung.missing],
        )


class RoleDetailOut(RoleOut):
    """A role with the steps that lead to it and from it."""

    before: list[RungOut]
    after: list[RungOut]

    @staticmethod
    def of_view(view: RoleView) -> "RoleDetailOut":
        """From all that is known of a role."""
        return RoleDetailOut(
            **RoleOut.of(view.role).model_dump(),
            before=[RungOut.of(rung) for rung in view.before],
            after=[RungOut.of(rung) for rung in view.after],
        )


class TakenOut(Out):
    """What became of a table of competences or roles."""

    added: list[str] = Field(description="Names.")
    changed: list[str] = Field(description="Names; each has a new version.")
    unchanged: int

    @staticmethod
    def of(taken: Taken) -> "TakenOut":
        """From what was taken in."""
        return TakenOut(added=list(taken.added), changed=list(taken.changed), unchanged=taken.unchanged)
