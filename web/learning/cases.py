"""What stands behind a learning path: who is to learn what, from where, and what there is to learn from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from kb.access import Permission, Principal, require
from kb.errors import InvalidError, NotFoundError
from kb.learning import catalogue, engaged, frameworks, people, records
from kb.learning.catalogue import Before, Offer
from kb.learning.values import Gap, Required, gaps, key
from kb.models import now
from kb.vocabulary import TrainingFormat
from search.paths.values import Course, Wish, usual_needs

TEACHING = frozenset({"", *TrainingFormat} - {TrainingFormat.ASSESSMENT, TrainingFormat.CERTIFICATION})
"""Formats that teach, rather than show what was learned; and what does not say its format."""

_NAMED = 3
"""Goals that a title names."""


def with_certifications(wish: Wish) -> Wish | None:
    """*wish* with certifications, known hours or not, as requirements; None where it rules them out."""
    if wish.budget or wish.unknown or wish.formats != TEACHING:
        return None
    return replace(wish, formats=TEACHING | {TrainingFormat.CERTIFICATION}, unknown=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose path is wanted, to what, and within what."""

    roles: tuple[str, ...] = ()
    """Names or references of the roles to be reached."""
    start: tuple[str, ...] = ()
    """Roles whose levels are taken as held."""
    learner: int | None = None
    done: tuple[str, ...] = ()
    """References of training and certificates that they have."""
    projects: tuple[str, ...] = ()
    """Whose lessons are to justify training before those of others."""
    competences: tuple[Required, ...] = ()
    """To be reached beside what the roles ask for."""
    team: str = ""
    """For all of whom it is to be enough."""
    wish: Wish = field(default_factory=lambda: Wish({}))
    """What is to be least, budgets, pace, languages and formats; levels are filled in."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team that a path is for."""

    name: str
    held: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Case:
    """What was asked, looked up."""

    asked: Asked
    roles: tuple[str, ...]
    """Names."""
    required: tuple[Required, ...]
    """The goal: each competence once."""
    wish: Wish
    offers: dict[str, Offer]
    """All training, by reference."""
    befores: dict[str, Before]
    courses: tuple[Course, ...]
    """All training, as choosing it goes by it."""
    members: tuple[Member, ...] = ()
    """Of the team, if it is for one."""
    projects: tuple[str, ...] = ()
    """Whose lessons justify training before those of others: those asked for, or else the learner's own."""

    @property
    def title(self) -> str:
        """What it leads to, in words."""
        names = self.roles or tuple(one.name for one in self.required)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return (", " if more else " and ").join(names[:_NAMED]) + more

    @property
    def missing(self) -> tuple[Gap, ...]:
        """What there is to learn, the widest gap first."""
        return gaps(self.wish.held, self.required)


def look_up(session: Session, principal: Principal, asked: Asked) -> Case:
    """What stands behind *asked*.

    Raises InvalidError when no role and no competence is asked for, NotFoundError for a role, competence,
    person, team or training that is not there.
    """
    if not asked.roles and not asked.competences:
        raise InvalidError("Choose a role that the path is to lead to, or competences.")
    frameworks.named_competences(session, principal, (one.name for one in asked.competences))
    roles = frameworks.named_roles(session, principal, asked.roles)
    goal = _highest([*(one for role in roles for one in role.requires), *asked.competences])
    offers = {offer.ref: offer for offer in catalogue.offers(session, principal)}
    required = frozenset(known(asked.wish.required, offers))
    members = members_of(session, principal, asked)
    held, done = _held(session, principal, asked, members), _done(session, principal, asked)
    wish = replace(asked.wish, required=required, held=held, done=done)
    case = _case(replace(asked, wish=wish), [role.name for role in roles], goal, offers)
    return replace(case, members=members, projects=projects_of(session, principal, asked))


def again(
    session: Session, principal: Principal, asked: Asked, goal: Sequence[Required], present: Iterable[Offer]
) -> Case:
    """The case of a path that is kept: its goal and levels as they were, before the catalogue as it is.

    Training of *present* that is not in the catalogue any more is looked at as it was.
    """
    offers = {offer.ref: offer for offer in (*present, *catalogue.offers(session, principal))}
    return _case(asked, [], goal, offers)


def _case(asked: Asked, roles: Sequence[str], goal: Sequence[Required], offers: dict[str, Offer]) -> Case:
    befores = catalogue.before(list(offers.values()))
    lower = {ref.lower(): ref for ref in offers}
    forbidden = frozenset(lower.get(ref.strip().lower(), ref) for ref in asked.wish.forbidden)
    if both := sorted(asked.wish.required & forbidden):
        raise InvalidError(f"{both[0]} can't be taken and left out at once.")
    wish = replace(asked.wish, forbidden=forbidden, goal={key(one.name): one.level for one in goal})
    courses = tuple(course(offer, befores[offer.ref]) for offer in offers.values())
    return Case(asked, tuple(roles), tuple(goal), wish, offers, befores, courses)


def known(refs: Iterable[str], offers: Mapping[str, Offer]) -> list[str]:
    """*refs* as the catalogue writes them, each once. Raises NotFoundError."""
    by_lower = {ref.lower(): ref for ref in offers}
    wanted = {ref.strip().lower(): ref.strip() for ref in refs}
    if stray := [ref for lower, ref in wanted.items() if lower not in by_lower]:
        raise NotFoundError(f"There is no training {stray[0][:100]!r} here, or you may not see it.")
    return [by_lower[lower] for lower in wanted]


def projects_of(session: Session, principal: Principal, asked: Asked) -> tuple[str, ...]:
    """The projects asked for, or else those that the learner works in."""
    if asked.projects or asked.learner is None:
        return asked.projects
    try:
        return tuple(engaged.projects(session, principal, asked.learner))
    except NotFoundError:  # their levels may be read by who wrote them, their projects not
        return ()


def members_of(session: Session, principal: Principal, asked: Asked) -> tuple[Member, ...]:
    """Those of the team that it is for, with what they hold. Raises NotFoundError."""
    if not asked.team:
        return ()
    require(principal, Permission.DEVELOP)
    found = people.people(session, principal, team=asked.team)
    if not found:
        raise NotFoundError(f"Nobody is known here of a team {asked.team[:100]!r}.")
    return tuple(Member(one.name, one.levels) for one in found)


def _held(session: Session, principal: Principal, asked: Asked, members: Sequence[Member]) -> dict[str, int]:
    """The highest of what the roles of the start ask for and what the person, or all of the team, hold."""
    levels: dict[str, int] = {}
    known = [role.levels for role in frameworks.named_roles(session, principal, asked.start)]
    if members:
        names = {name for one in members for name in one.held}
        known.append({name: min(one.held.get(name, 0) for one in members) for name in names})
    if asked.learner is not None:
        known.append(people.person(session, principal, asked.learner).levels)
    for name, level in (pair for each in known for pair in each.items()):
        levels[name] = max(level, levels.get(name, 0))
    return levels


def _done(session: Session, principal: Principal, asked: Asked) -> frozenset[str]:
    """What is said to be taken, and what the person's records show."""
    done = frozenset(asked.done)
    if asked.learner is None:
        return done
    return done | records.taken(session, principal, asked.learner, now().date())


def _highest(required: Sequence[Required]) -> list[Required]:
    """Each competence once, at the highest level that is asked."""
    found: dict[str, Required] = {}
    for one in required:
        if one.level > (found[key(one.name)].level if key(one.name) in found else 0):
            found[key(one.name)] = one
    return list(found.values())


def course(offer: Offer, before: Before) -> Course:
    """Training, as choosing it goes by it."""
    return Course(
        offer.ref,
        offer.levels,
        usual_needs(offer.levels),
        tuple((ref,) for ref in before.refs),
        offer.hours,
        offer.cost,
        language=offer.language,
        format=offer.format or "",
        opens=offer.offered_from,
        closes=offer.offered_until,
    )
