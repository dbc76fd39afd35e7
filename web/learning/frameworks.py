"""What pages, API and command line do with competences and roles: show them, and take them in from tables."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from ingest import frameworks as tables
from ingest.frameworks import Entry
from kb import drafts, library
from kb.access import Permission, Principal, require
from kb.errors import InvalidError
from kb.learning import catalogue, frameworks
from kb.learning.catalogue import Offer
from kb.learning.frameworks import Rung
from kb.learning.values import Competence, Required, Role, key
from kb.vocabulary import DocumentKind
from web.wiring import Services


@dataclass(frozen=True, slots=True)
class Asked:
    """A role, and the level of a competence that it asks for."""

    role: Role
    required: Required


@dataclass(frozen=True, slots=True)
class CompetenceView:
    """A competence with who asks for it and what teaches it."""

    competence: Competence
    asked: tuple[Asked, ...]
    """The highest level first."""
    training: tuple[Offer, ...]
    """What teaches the least first."""


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role with what it asks for and the roles before and after it."""

    role: Role
    competences: dict[str, Competence]
    """Those that it asks for and that are kept here, by key."""
    before: tuple[Rung, ...]
    after: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a table."""

    added: tuple[str, ...]
    """Names."""
    changed: tuple[str, ...]
    unchanged: int


def competence(session: Session, principal: Principal, ref: str) -> CompetenceView:
    """A competence by reference or name. Raises NotFoundError."""
    found = frameworks.competence(session, principal, ref)
    asked = [
        Asked(role, required)
        for role in frameworks.roles(session, principal)
        for required in role.requires
        if key(required.name) == found.key
    ]
    offers = catalogue.offers(session, principal)
    return CompetenceView(
        found,
        tuple(sorted(asked, key=lambda one: -one.required.level)),
        tuple(catalogue.teaching(offers, found.name)),
    )


def role(session: Session, principal: Principal, ref: str) -> RoleView:
    """A role by reference or name. Raises NotFoundError."""
    every = frameworks.roles(session, principal)
    found = frameworks.role(session, principal, ref)
    rungs = frameworks.ladder(every)
    known = {one.key: one for one in frameworks.competences(session, principal)}
    return RoleView(
        found,
        {name: known[name] for name in found.levels if name in known},
        tuple(rung for rung in rungs if rung.end.ref == found.ref),
        tuple(rung for rung in rungs if rung.start.ref == found.ref),
    )


def take(services: Services, session: Session, principal: Principal, path: Path) -> Taken:
    """Keep the competences and roles of a table; those that are there under the same name get a new version.

    Raises InvalidError when it holds none or is faulty, NotFoundError when *principal* may not edit.
    """
    require(principal, Permission.EDIT)
    known = _known(session, principal)
    added: list[str] = []
    changed: list[str] = []
    unchanged = 0
    for entry in tables.read(path, services.settings.limits):
        ref = known.get((entry.kind, key(entry.name)))
        if ref is None:
            library.write(session, principal, entry.draft(None))
            added.append(entry.name)
        elif _change(session, principal, ref, entry):
            changed.append(entry.name)
        else:
            unchanged += 1
    return Taken(tuple(added), tuple(changed), unchanged)


def take_upload(services: Services, session: Session, principal: Principal, folder: Path) -> Taken:
    """Keep what the tables in *folder* hold. Raises as *take*."""
    files = sorted(folder.iterdir())
    if not files:
        raise InvalidError("Choose a table of competences or roles, CSV or Excel.")
    every = [take(services, session, principal, path) for path in files]
    return Taken(
        tuple(name for one in every for name in one.added),
        tuple(name for one in every for name in one.changed),
        sum(one.unchanged for one in every),
    )


def _known(session: Session, principal: Principal) -> dict[tuple[DocumentKind, str], str]:
    return {
        (DocumentKind.COMPETENCE, one.key): one.ref for one in frameworks.competences(session, principal)
    } | {(DocumentKind.ROLE_PROFILE, key(one.name)): one.ref for one in frameworks.roles(session, principal)}


def _change(session: Session, principal: Principal, ref: str, entry: Entry) -> bool:
    base = drafts.of_item(session, principal, ref)
    draft = entry.draft(base)
    if replace(draft, passages=(), body=draft.body.strip()) == replace(base, body=base.body.strip()):
        return False
    library.write(session, principal, draft, ref)
    return True
