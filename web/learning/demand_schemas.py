"""What projects and practices ask of people, as the API gives it."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from web.learning.demands import Demands, Sought
from web.learning.framework_schemas import GapOut
from web.learning.path_schemas import Texts, filled
from web.schemas import Out


class DemandsQuery(BaseModel):
    """Whose needs are asked about, and who is looked at."""

    model_config = ConfigDict(extra="ignore")

    brief: str = Field(default="", max_length=40, description="Code of a lessons brief, whose needs count.")
    plan: str = Field(default="", max_length=40, description="Code of an adoption plan.")
    practice: Texts = Field(
        default=[], max_length=20, description="References of practices; may be repeated."
    )
    role: Texts = Field(default=[], max_length=5, description="Roles, by reference or name; may be repeated.")
    team: str = Field(default="", max_length=200, description="A team that is looked at.")
    learner: Annotated[Annotated[int, Field(ge=1, le=2**53)] | None, BeforeValidator(filled)] = Field(
        default=None, description="Number of a learner who is looked at, instead of a team."
    )

    @property
    def empty(self) -> bool:
        """Whether nothing is asked about."""
        return not (self.brief or self.plan or self.practice or self.role)

    def sought(self) -> Sought:
        """As a value."""
        practices, roles = tuple(self.practice), tuple(self.role)
        return Sought(self.brief, self.plan, practices, roles, self.team, self.learner)


class ReasonOut(Out):
    """Why a competence is asked for."""

    text: str
    url: str


class DemandOut(Out):
    """A competence that is asked for."""

    name: str
    ref: str
    level: int
    reasons: list[ReasonOut] = Field(description="The strongest first.")
    lacking: dict[str, int] = Field(description="Who is below that level, by name, with theirs.")


class LackingOut(Out):
    """Somebody, and what they lack."""

    number: int
    name: str
    gaps: list[GapOut] = Field(description="The widest first.")


class DemandsOut(Out):
    """What is asked of people, and who lacks it."""

    titles: list[str] = Field(description="Of what asks for it.")
    demands: list[DemandOut] = Field(description="What is asked for most often and most strongly first.")
    people: list[LackingOut]
    competences: list[str] = Field(description="All of it, as `find_learning_paths` takes `competence`.")

    @staticmethod
    def of(found: Demands) -> "DemandsOut":
        """From what was found."""
        return DemandsOut(
            titles=list(found.titles),
            demands=[
                DemandOut(
                    name=one.name,
                    ref=one.ref,
                    level=one.level,
                    reasons=[ReasonOut.model_validate(reason) for reason in one.reasons],
                    lacking={person.name: level for person, level in one.lacking},
                )
                for one in found.demands
            ],
            people=[
                LackingOut(
                    number=one.person.number,
                    name=one.person.name,
                    gaps=[GapOut.of(gap) for gap in one.gaps],
                )
                for one in found.people
            ],
            competences=found.competences,
        )
