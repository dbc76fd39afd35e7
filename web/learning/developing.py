"""What pages, API and command line tell of what people can do: levels beside what roles ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kb.access import Permission, Principal, require
from kb.errors import InvalidError, NotFoundError
from kb.learning import frameworks, people
from kb.learning.people import AssessmentDraft, Judged, Person
from kb.learning.values import Competence, Gap, Levels, Role, gaps, key
from web.pictures import heatmap, radar, sparkline
from web.pictures.heatmap import Heatmap, Square
from web.pictures.radar import Radar
from web.pictures.sparkline import Sparkline

_FEWEST = 3
"""Axes of a radar chart."""


@dataclass(frozen=True, slots=True)
class Line:
    """A competence with somebody's level and what each role asks for."""

    name: str
    level: int
    judged: dict[Judged, int]
    """How each kind of assessment found it."""
    wanted: tuple[int, ...]
    """By role, 0 when it does not ask for it."""

    @property
    def gap(self) -> int:
        """Levels to the most that is wanted."""
        return max(0, max(self.wanted, default=0) - self.level)


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody beside the roles that they are compared with."""

    person: Person
    roles: tuple[Role, ...]
    lines: tuple[Line, ...]
    """The widest gap first."""
    radar: Radar | None
    """None when there are too few competences for one."""

    @property
    def levels_missing(self) -> int:
        """How many levels there are to climb."""
        return sum(line.gap for line in self.lines)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a team, and what they lack for the roles asked."""

    person: Person
    gaps: tuple[Gap, ...]
    course: Sparkline | None
    """How the sum of their levels went; None before the second day of an assessment."""


@dataclass(frozen=True, slots=True)
class Team:
    """A team beside the roles that it is compared with."""

    name: str
    roles: tuple[Role, ...]
    members: tuple[Member, ...]
    names: tuple[str, ...]
    """Of the competences, in the order of the picture."""
    best: dict[str, int]
    """The highest level in the team, by the key of the competence."""
    gaps: tuple[Gap, ...]
    """What nobody in the team reaches."""
    heatmap: Heatmap


def standing(session: Session, principal: Principal, number: int, roles: Sequence[str]) -> Standing:
    """Somebody's levels beside what *roles* ask for, by reference or name. Raises NotFoundError."""
    found = people.person(session, principal, number)
    asked = frameworks.named_roles(session, principal, roles)
    known = frameworks.competences(session, principal)
    names = _names(known, asked, found.levels)
    judged = {kind: found.by(kind) for kind in Judged}
    lines = [
        Line(
            name,
            found.levels.get(key(name), 0),
            {kind: levels[key(name)] for kind, levels in judged.items() if key(name) in levels},
            tuple(role.levels.get(key(name), 0) for role in asked),
        )
        for name in names
    ]
    drawn = {str(kind): levels for kind, levels in judged.items() if levels} | {
        role.name: role.levels for role in asked
    }
    picture = radar.draw(names, drawn) if len(names) >= _FEWEST else None
    return Standing(found, tuple(asked), tuple(sorted(lines, key=lambda line: -line.gap)), picture)


def team(session: Session, principal: Principal, name: str, roles: Sequence[str]) -> Team:
    """The levels of a team's members beside what *roles* ask for. Raises NotFoundError."""
    members = people.people(session, principal, team=name)
    if not members:
        raise NotFoundError(f"There are no assessments of a team {name[:100]!r} here that you may see.")
    asked = frameworks.named_roles(session, principal, roles)
    best: dict[str, int] = {}
    for member in members:
        for competence, level in member.levels.items():
            best[competence] = max(best.get(competence, 0), level)
    names = _names(frameworks.competences(session, principal), asked, best)
    required = [one for role in asked for one in role.requires]
    wanted = {key(one.name): one.level for one in sorted(required, key=lambda one: one.level)}
    squares = [_square(competence, member, wanted) for competence in names for member in members]
    return Team(
        members[0].team,
        tuple(asked),
        tuple(Member(member, _widest(gaps(member.levels, required)), course(member)) for member in members),
        tuple(names),
        best,
        _widest(gaps(best, required)),
        heatmap.draw(names, [member.name.split(" ")[0][:9] for member in members], squares),
    )


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """What is said of a team at once."""

    team: str
    levels: Mapping[str, Mapping[str, int]]
    """By the names of its members, by names of competences."""
    kind: Judged = Judged.MANAGER
    dated: date | None = None
    note: str = ""


def assess(session: Session, principal: Principal, draft: TeamDraft) -> list[Person]:
    """Keep what is said of each member, or nothing of it.

    Raises NotFoundError when *principal* may not, InvalidError for whoever is not of the team.
    """
    require(principal, Permission.DEVELOP)
    members = {one.name for one in people.people(session, principal, team=draft.team)}
    if stray := sorted(draft.levels.keys() - members):
        raise InvalidError(f"{stray[0][:100]} is not of the team {draft.team[:100]}.")
    said = {name: levels for name, levels in draft.levels.items() if levels}
    if not said:
        raise InvalidError("Give a level to at least one person.")
    return [
        people.record(session, principal, AssessmentDraft(name, levels, draft.kind, draft.dated, draft.note))
        for name, levels in said.items()
    ]


def course(person: Person) -> Sparkline | None:
    """How the sum of somebody's levels went."""
    return sparkline.draw(person.course, f"Sum of levels of {person.name}")


def _square(name: str, member: Person, wanted: Levels) -> Square:
    level = member.levels.get(key(name), 0)
    asked = wanted.get(key(name), 0)
    label = f"{member.name}, {name}: level {level}" + (f" of {asked}" if asked else "")
    return Square(level, label, f"/learners/{member.number}", marked=level < asked)


def _names(known: Sequence[Competence], roles: Sequence[Role], levels: Levels) -> list[str]:
    """The competences that are asked for, or else held, in the order of the framework."""
    asked = {key(one.name): one.name for role in roles for one in role.requires}
    wanted = asked or {name: name for name in levels}
    titles = {one.key: one.name for one in known}
    ordered = [*(name for name in titles if name in wanted), *(name for name in wanted if name not in titles)]
    return [titles.get(name, wanted[name]) for name in ordered]


def _widest(found: Sequence[Gap]) -> tuple[Gap, ...]:
    """Each competence once, by what is asked most of it."""
    widest: dict[str, Gap] = {}
    for gap in found:
        if gap.width > widest.get(key(gap.name), Gap("", 0, 0)).width:
            widest[key(gap.name)] = gap
    return tuple(widest.values())
