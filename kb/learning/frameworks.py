"""The competences and roles that are kept here: items, read for what they tell."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.errors import NotFoundError
from kb.learning import reading
from kb.learning.values import Competence, Gap, Role, gaps, key
from kb.models import Document
from kb.vocabulary import DocumentKind

T = TypeVar("T", Competence, Role)


@dataclass(frozen=True, slots=True)
class Rung:
    """From one role to one that may follow."""

    start: Role
    end: Role
    missing: tuple[Gap, ...]
    """What the one asks for beyond the other, the widest first."""

    @property
    def levels(self) -> int:
        """How many levels there are to climb."""
        return sum(gap.width for gap in self.missing)


def competences(session: Session, principal: Principal) -> list[Competence]:
    """All competences that *principal* may see, by group and name."""
    found = _read(session, _query(principal, DocumentKind.COMPETENCE), reading.competence)
    return sorted(found, key=lambda one: (one.group, one.name.lower()))


def roles(session: Session, principal: Principal) -> list[Role]:
    """All role profiles that *principal* may see, by name."""
    found = _read(session, _query(principal, DocumentKind.ROLE_PROFILE), reading.role)
    return sorted(found, key=lambda one: one.name.lower())


def named_competences(session: Session, principal: Principal, refs: Iterable[str]) -> list[Competence]:
    """The competences with those references or names, in their order, each once. Raises NotFoundError."""
    wanted = list(dict.fromkeys(refs))
    every = competences(session, principal) if wanted else []
    return [_named(every, ref, "competence") for ref in wanted]


def named_roles(session: Session, principal: Principal, refs: Iterable[str]) -> list[Role]:
    """As *named_competences*, of roles."""
    wanted = list(dict.fromkeys(refs))
    every = roles(session, principal) if wanted else []
    return [_named(every, ref, "role") for ref in wanted]


def competence(session: Session, principal: Principal, ref: str) -> Competence:
    """The competence with that reference or name. Raises NotFoundError."""
    return _named(competences(session, principal), ref, "competence")


def role(session: Session, principal: Principal, ref: str) -> Role:
    """The role with that reference or name. Raises NotFoundError."""
    return _named(roles(session, principal), ref, "role")


def ladder(every: list[Role]) -> list[Rung]:
    """Each step from a role to one that may follow and is kept here."""
    known = {key(one.name): one for one in every}
    return [
        Rung(one, after, gaps(one.levels, after.requires))
        for one in every
        for name in one.following
        if (after := known.get(key(name)))
    ]


def _query(principal: Principal, wanted: DocumentKind) -> Select[str, str, str, str]:
    return select(Document.ref, Document.title, Document.summary, Document.body).where(
        visible(principal, Document), Document.document_kind == wanted
    )


def _read(
    session: Session, query: Select[str, str, str, str], read: Callable[[str, str, str, str], T]
) -> list[T]:
    return [read(*row) for row in session.execute(query)]


def _named(every: list[T], wanted: str, what: str) -> T:
    found = [one for one in every if one.ref.lower() == wanted.lower() or key(one.name) == key(wanted)]
    if not found:
        raise NotFoundError(f"There is no {what} {wanted[:100]!r} here, or you may not see it.")
    return found[0]
