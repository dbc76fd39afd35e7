"""Cohorts: people who learn together. Known to those who develop people."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Permission, Principal, require
from kb.errors import InvalidError, NotFoundError
from kb.learning import people
from kb.learning.people import MAX_NAME, Known
from kb.models import Cohort as Row
from kb.models import CohortMember, Learner
from kb.text import squash

MAX_MEMBERS = 1_000


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who learn together."""

    number: int
    name: str
    members: tuple[Known, ...]
    """By name."""


def keep(
    session: Session,
    principal: Principal,
    name: str,
    *,
    persons: Sequence[str] = (),
    teams: Sequence[str] = (),
) -> Cohort:
    """The cohort of that name with exactly these members: *persons* by name, and all of *teams*.

    Raises NotFoundError for a team that has nobody, or when *principal* may not; InvalidError.
    """
    require(principal, Permission.DEVELOP)
    name = squash(name)
    if not name or len(name) > MAX_NAME:
        raise InvalidError(f"Give the cohort a name of at most {MAX_NAME} characters.")
    members = {people.enrolled(session, one).id for one in persons if one.strip()}
    for team in teams:
        found = session.scalars(
            select(Learner.id).where(func.lower(Learner.team) == squash(team).lower())
        ).all()
        if not found:
            raise NotFoundError(f"Nobody is known here of a team {team[:100]!r}.")
        members.update(found)
    if not members or len(members) > MAX_MEMBERS:
        raise InvalidError(f"A cohort has 1 to {MAX_MEMBERS:,} members; name people or teams.")
    row = session.scalars(select(Row).where(func.lower(Row.name) == name.lower())).one_or_none()
    if row is None:
        row = Row(name=name)
        session.add(row)
        session.flush()
    session.execute(delete(CohortMember).where(CohortMember.cohort_id == row.id))
    session.add_all(CohortMember(cohort_id=row.id, learner_id=one) for one in sorted(members))
    audit.record(
        session, principal, "keep_cohort", f"cohort {row.id}", name=row.name, members=sorted(members)
    )
    session.flush()
    return cohort(session, principal, row.id)


def dissolve(session: Session, principal: Principal, number: int) -> None:
    """Forget a cohort; what its members were asked to learn stays theirs. Raises NotFoundError."""
    found = cohort(session, principal, number)
    audit.record(session, principal, "dissolve_cohort", f"cohort {number}", name=found.name)
    session.execute(delete(Row).where(Row.id == number))
    session.flush()


def cohort(session: Session, principal: Principal, number: int) -> Cohort:
    """One by number. Raises NotFoundError."""
    return _one(_listed(session, principal, number=number))


def named(session: Session, principal: Principal, name: str) -> Cohort:
    """One by name. Raises NotFoundError."""
    return _one(_listed(session, principal, name=name))


def listed(session: Session, principal: Principal) -> list[Cohort]:
    """All, by name; none for whoever does not develop people."""
    return _listed(session, principal)


def _one(found: Sequence[Cohort]) -> Cohort:
    if not found:
        raise NotFoundError("There is no such cohort that you may see.")
    return found[0]


def _listed(
    session: Session, principal: Principal, *, number: int | None = None, name: str | None = None
) -> list[Cohort]:
    if not principal.may(Permission.DEVELOP):
        return []
    query = (
        select(Row, Learner)
        .join(CohortMember, CohortMember.cohort_id == Row.id)
        .join(Learner, Learner.id == CohortMember.learner_id)
        .order_by(func.lower(Row.name), func.lower(Learner.name))
    )
    if number is not None:
        query = query.where(Row.id == number)
    if name is not None:
        query = query.where(func.lower(Row.name) == squash(name).lower())
    members: dict[int, list[Known]] = {}
    names: dict[int, str] = {}
    for row, learner in session.execute(query):
        names[row.id] = row.name
        members.setdefault(row.id, []).append(Known(learner.id, learner.name, learner.team))
    return [Cohort(id_, names[id_], tuple(found)) for id_, found in members.items()]
