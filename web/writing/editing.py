"""Writing items in the product, for pages, API and command line alike."""

from dataclasses import replace

from sqlalchemy.orm import Session

from ingest import composed
from ingest.composed import Entry, LessonEntry
from kb import drafts, items, library, passages
from kb.access import Permission, Principal, require
from kb.errors import ConflictError
from kb.life import lessons
from kb.life.lifecycle import RULES, Move
from kb.vocabulary import Kind, Status


def create(session: Session, principal: Principal, entry: LessonEntry, *, submit: bool) -> str:
    """Keep a new lesson, as a draft or submitted for review; its reference.

    Raises InvalidError when something is missing or too long, NotFoundError when *principal* may not write.
    """
    draft = replace(composed.draft(entry), status=Status.DRAFT)
    id_ = library.write(session, principal, draft)
    ref = items.summaries(session, principal, [id_])[id_].ref
    if submit:
        lessons.move(session, principal, ref, Move.SUBMIT)
    return ref


def change(
    session: Session, principal: Principal, ref: str, entry: Entry, *, version: int, submit: bool
) -> str:
    """Make *entry* the next version of the item *ref*, read at *version*; its own reference.

    Nothing is written that says the same. A draft or a returned lesson is submitted if *submit* is set.
    Raises as *create*, and ConflictError when there is a newer version or the item is of another kind.
    """
    base = drafts.of_item(session, principal, ref)
    require(principal, Permission.CONTRIBUTE if base.kind is Kind.LESSON else Permission.EDIT)
    if (base.kind is Kind.LESSON) is not isinstance(entry, LessonEntry):
        raise ConflictError(f"{ref} is a {base.kind}; only a lesson has an event and a recommendation.")
    item = items.get(session, principal, ref)
    own = item.head.ref
    stored = passages.of_item(session, principal, item.head.id)
    draft = composed.draft(entry, base, stored)
    if replace(draft, passages=()) != base:
        library.write(session, principal, draft, own, version=version)
    if submit and item.head.status in RULES[Move.SUBMIT].origins and base.kind is Kind.LESSON:
        lessons.move(session, principal, own, Move.SUBMIT)
    return own


def entry(session: Session, principal: Principal, ref: str) -> tuple[Entry, int]:
    """What stands in the form of the item *ref*, and the version it is of. Raises NotFoundError."""
    base = drafts.of_item(session, principal, ref)
    require(principal, Permission.CONTRIBUTE if base.kind is Kind.LESSON else Permission.EDIT)
    return composed.entry(base), items.get(session, principal, ref).version
