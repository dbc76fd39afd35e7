"""What people can do, as the API gives it."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kb.learning.engaged import MAX_PROJECTS
from kb.learning.people import MAX_NAME, MAX_NOTE, AssessmentDraft, Judged, Person
from web.learning.developing import Standing, Team, TeamDraft
from web.learning.framework_schemas import GapOut
from web.schemas import Out


class LevelsIn(BaseModel):
    """What is said of somebody."""

    model_config = ConfigDict(extra="forbid")

    learner: str = Field(min_length=1, max_length=MAX_NAME, examples=["Ann Lee"])
    levels: dict[str, int] = Field(
        description="Levels from 0 to 5 by names of competences.", examples=[{"risk and issues": 3}]
    )
    kind: Judged = Judged.SELF
    dated: date | None = Field(default=None, description="The day of which it speaks; today unless said.")
    note: str = Field(default="", max_length=MAX_NOTE)
    team: str | None = Field(default=None, max_length=MAX_NAME, description="Null leaves it as it is.")

    def draft(self) -> AssessmentDraft:
        """As a value."""
        return AssessmentDraft(self.learner, self.levels, self.kind, self.dated, self.note, self.team)


class TeamLevelsIn(BaseModel):
    """What is said of a team at once."""

    model_config = ConfigDict(extra="forbid")

    levels: dict[str, dict[str, int]] = Field(
        description="Levels from 0 to 5 by names of competences, by names of members.",
        examples=[{"Ann Lee": {"risk and issues": 3}}],
    )
    kind: Judged = Judged.MANAGER
    dated: date | None = Field(default=None, description="The day of which it speaks; today unless said.")
    note: str = Field(default="", max_length=MAX_NOTE)

    def draft(self, team: str) -> TeamDraft:
        """As a value."""
        return TeamDraft(team, self.levels, self.kind, self.dated, self.note)


class ProjectsIn(BaseModel):
    """Which projects somebody works in."""

    model_config = ConfigDict(extra="forbid")

    projects: list[Annotated[str, Field(max_length=300)]] = Field(
        max_length=MAX_PROJECTS, description="Names of projects that are kept here."
    )


class AssessedOut(Out):
    """One assessment of somebody."""

    number: int
    kind: Judged
    author: str
    dated: date
    at: datetime
    levels: dict[str, int] = Field(description="By competences, in small letters.")
    note: str


class LearnerOut(Out):
    """Somebody and the levels that they were found at."""

    number: int
    name: str
    team: str
    levels: dict[str, int] = Field(description="The newest of each competence.")
    url: str = Field(description="Their page.")

    @staticmethod
    def of(person: Person) -> "LearnerOut":
        """From a person."""
        return LearnerOut(
            number=person.number,
            name=person.name,
            team=person.team,
            levels=person.levels,
            url=f"/learners/{person.number}",
        )


class LineOut(Out):
    """A competence with somebody's level and what each role asks for."""

    name: str
    level: int
    judged: dict[Judged, int]
    wanted: dict[str, int] = Field(description="By role.")
    gap: int


class StandingOut(LearnerOut):
    """Somebody beside the roles that they are compared with."""

    history: list[AssessedOut] = Field(description="The newest first.")
    lines: list[LineOut] = Field(description="The widest gap first.")

    @staticmethod
    def of_standing(found: Standing) -> "StandingOut":
        """From somebody beside roles."""
        return StandingOut(
            **LearnerOut.of(found.person).model_dump(),
            history=[AssessedOut.model_validate(one) for one in found.person.history],
            lines=[
                LineOut(
                    name=line.name,
                    level=line.level,
                    judged=line.judged,
                    wanted={
                        role.name: level
                        for role, level in zip(found.roles, line.wanted, strict=True)
                        if level
                    },
                    gap=line.gap,
                )
                for line in found.lines
            ],
        )


class MemberOut(Out):
    """Somebody of a team."""

    learner: LearnerOut
    gaps: list[GapOut] = Field(description="What they lack for the roles.")


class TeamOut(Out):
    """A team beside the roles that it is compared with."""

    name: str
    members: list[MemberOut]
    best: dict[str, int] = Field(description="The highest level in the team of each competence.")
    gaps: list[GapOut] = Field(description="What nobody in the team reaches.")

    @staticmethod
    def of(team: Team) -> "TeamOut":
        """From a team."""
        return TeamOut(
            name=team.name,
            members=[
                MemberOut(learner=LearnerOut.of(one.person), gaps=[GapOut.of(gap) for gap in one.gaps])
                for one in team.members
            ],
            best=team.best,
            gaps=[GapOut.of(gap) for gap in team.gaps],
        )
