"""What a project or the adoption of a practice asks of people, and who of them lacks it.

Nobody writes down which competences a charter or a practice needs. They are proposed: those whose description
comes nearest in meaning to what the project needs or the practice says, at the level of somebody who does it
alone in an ordinary project; and those that the training of an adoption plan teaches, at the level that it
teaches. Each says why it is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.adoption import plans
from kb.briefs import reading
from kb.errors import InvalidError, NotFoundError
from kb.learning import catalogue, frameworks, people
from kb.learning.people import Person
from kb.learning.values import Gap, Required, gaps, key
from kb.text import shorten
from kb.values import ItemId
from kb.vocabulary import label
from search import learning
from web.addresses import adoption_url, brief_url, item_url
from web.wiring import Services

_LEVEL = 3
"""Competent: does it alone in an ordinary project."""
_NEAR = 0.3
"""Cosine below which a competence has little to do with a text."""
_MOST = 2
"""Competences for one text."""
_REASONS = 3
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Sought:
    """Whose needs are asked about, and who is looked at."""

    brief: str = ""
    """Code."""
    plan: str = ""
    """Code of an adoption plan."""
    practices: tuple[str, ...] = ()
    """References."""
    roles: tuple[str, ...] = ()
    team: str = ""
    learner: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a competence is asked for."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Demand:
    """A competence that is asked for."""

    name: str
    ref: str
    level: int
    reasons: tuple[Reason, ...]
    """The strongest first."""
    lacking: tuple[tuple[Person, int], ...]
    """Who is below that level, with theirs."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """Somebody, and what they lack."""

    person: Person
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Demands:
    """What is asked for, and who lacks it."""

    titles: tuple[str, ...]
    """Of what asks for it."""
    demands: tuple[Demand, ...]
    """What is asked for most often and most strongly first."""
    people: tuple[Lacking, ...]

    @property
    def competences(self) -> list[str]:
        """As learning paths take them: NAME=LEVEL."""
        return [f"{one.name}={one.level}" for one in self.demands]


@dataclass(frozen=True, slots=True)
class _Asking:
    """A text that asks for competences."""

    text: str
    reason: Reason


_Found = dict[str, list[tuple[float, int, Reason]]]
"""By competence: how strongly, at which level and why it is asked for."""


def demands(services: Services, session: Session, principal: Principal, sought: Sought) -> Demands:
    """What *sought* asks of people. Raises NotFoundError, InvalidError when nothing is asked about."""
    if not (sought.brief or sought.plan or sought.practices or sought.roles):
        raise InvalidError("Choose a brief, an adoption plan, practices or roles.")
    titles: list[str] = []
    found: _Found = {}
    asking = [
        *_of_brief(session, principal, sought, titles),
        *_of_practices(session, principal, sought, titles),
    ]
    _nearest(services, session, principal, asking, found)
    _taught(session, principal, sought, found)
    _of_roles(session, principal, sought, titles, found)
    staff = _people(session, principal, sought)
    known = {one.key: one for one in frameworks.competences(session, principal)}
    told = [
        _demand(known[name].name, known[name].ref, said, staff)
        for name, said in found.items()
        if name in known
    ]
    weight = {key(name): sum(strength for strength, *_ in said) for name, said in found.items()}
    told.sort(key=lambda one: (-weight[key(one.name)], one.name))
    required = [Required(one.name, one.level, "") for one in told]
    return Demands(
        tuple(titles), tuple(told), tuple(Lacking(one, gaps(one.levels, required)) for one in staff)
    )


def _of_brief(session: Session, principal: Principal, sought: Sought, titles: list[str]) -> Iterator[_Asking]:
    if sought.brief:
        brief = reading.get(session, principal, sought.brief)
        titles.append(brief.head.title)
        for one in brief.wanted:
            said = f"{label(one.need.kind)}: {one.need.text}"  # the kind tells much of a short need
            yield _Asking(said, Reason(shorten(said, _SHOWN), brief_url(brief.head.code)))


def _of_practices(
    session: Session, principal: Principal, sought: Sought, titles: list[str]
) -> Iterator[_Asking]:
    refs = list(sought.practices)
    if sought.plan:
        plan = plans.get(session, principal, sought.plan)
        titles.append(plan.head.title)
        refs += plan.head.practices
    for ref in dict.fromkeys(refs):
        practice = items.get(session, principal, ref).head
        if ref in sought.practices:
            titles.append(practice.title)
        yield _Asking(f"{practice.title}. {practice.summary}", Reason(practice.title, item_url(practice.ref)))


def _nearest(
    services: Services, session: Session, principal: Principal, asking: Sequence[_Asking], found: _Found
) -> None:
    """Add the competences that come nearest to each text."""
    if not asking:
        return
    known = {one.ref: one for one in frameworks.competences(session, principal)}
    refs = items.referred(session, principal, known.keys())
    engine = services.search()
    for one in asking:
        shown = learning.shown(engine, session, principal, one.text, refs.keys())
        near = sorted(shown, key=lambda id_: -shown[id_].nearness)[:_MOST]
        for id_ in near:
            if shown[id_].nearness >= _NEAR:
                competence = known[refs[ItemId(id_)]]
                found.setdefault(competence.key, []).append((shown[id_].nearness, _LEVEL, one.reason))


def _taught(session: Session, principal: Principal, sought: Sought, found: _Found) -> None:
    """Add what the training of an adoption plan teaches."""
    if not sought.plan:
        return
    plan = plans.get(session, principal, sought.plan)
    cited = {step.said.source.ref for step in plan.steps if step.said.source}
    for offer in catalogue.offers(session, principal):
        if offer.ref in cited:
            reason = Reason(f"The plan has “{offer.title}”", adoption_url(plan.head.code))
            for name, level in offer.levels.items():
                found.setdefault(name, []).append((1.0, level, reason))


def _of_roles(
    session: Session, principal: Principal, sought: Sought, titles: list[str], found: _Found
) -> None:
    for name in dict.fromkeys(sought.roles):
        role = frameworks.role(session, principal, name)
        titles.append(role.name)
        for one in role.requires:
            reason = Reason(f"{role.name}: {one.reason}" if one.reason else role.name, f"/roles/{role.ref}")
            found.setdefault(key(one.name), []).append((1.0, one.level, reason))


def _people(session: Session, principal: Principal, sought: Sought) -> list[Person]:
    if sought.learner is not None:
        return [people.person(session, principal, sought.learner)]
    if not sought.team:
        return []
    found = people.people(session, principal, team=sought.team)
    if not found:
        raise NotFoundError(f"Nobody is known here of a team {sought.team[:100]!r} that you may see.")
    return found


def _demand(
    name: str, ref: str, said: Sequence[tuple[float, int, Reason]], staff: Sequence[Person]
) -> Demand:
    level = max(level for _, level, _ in said)
    reasons = dict.fromkeys(reason for _, _, reason in sorted(said, key=lambda one: -one[0]))
    below = [(one, one.levels.get(key(name), 0)) for one in staff]
    return Demand(
        name,
        ref,
        level,
        tuple(reasons)[:_REASONS],
        tuple((one, held) for one, held in below if held < level),
    )
