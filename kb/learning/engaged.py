"""In which projects people work or worked: their lessons are the first to say what is worth learning.

Said by themselves and by those who develop people, and read by the same. Of a project that the reader may
see nothing of, nothing is told.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal, visible
from kb.errors import InvalidError, NotFoundError
from kb.learning import people
from kb.models import Item, LearnerProject, Project
from kb.text import squash

MAX_PROJECTS = 50


def projects(session: Session, principal: Principal, learner: int) -> list[str]:
    """The names of somebody's projects. Raises NotFoundError."""
    people.known(session, principal, learner)
    rows = session.scalars(
        select(Project.name)
        .join(LearnerProject, LearnerProject.project_id == Project.id)
        .where(LearnerProject.learner_id == learner, _seen(principal))
        .order_by(func.lower(Project.name))
    )
    return list(rows)


def engage(session: Session, principal: Principal, learner: int, names: Sequence[str]) -> list[str]:
    """Say that somebody works in exactly these projects, among those that *principal* may see.

    Raises NotFoundError for a project that is not there, or when *principal* may not; InvalidError.
    """
    people.require_answerable(principal, people.known(session, principal, learner).name)
    wanted = list(dict.fromkeys(squash(name) for name in names if name.strip()))
    if len(wanted) > MAX_PROJECTS:
        raise InvalidError(f"Name at most {MAX_PROJECTS} projects.")
    ids = sorted({_found(session, principal, name) for name in wanted})
    seen = select(Project.id).where(_seen(principal))
    session.execute(
        delete(LearnerProject).where(
            LearnerProject.learner_id == learner, LearnerProject.project_id.in_(seen)
        )
    )
    session.add_all(LearnerProject(learner_id=learner, project_id=one) for one in ids)
    audit.record(session, principal, "engage_learner", f"learner {learner}", projects=ids)
    session.flush()
    return projects(session, principal, learner)


def _seen(principal: Principal) -> ColumnElement[bool]:
    return exists().where(Item.project_id == Project.id, visible(principal))


def _found(session: Session, principal: Principal, name: str) -> int:
    same = func.lower(Project.name) == name.lower()
    query = select(Project.id).where(same, _seen(principal)).order_by(Project.name != name).limit(1)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError(f"There is no project {name[:100]!r} here, or you may not see it.")
    return found
