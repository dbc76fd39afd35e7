"""Does the base agree with itself? Mends what is derived, names what is not."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb import database, sources
from kb.database import transaction
from kb.errors import UnavailableError
from kb.files import digest_of
from kb.searching import embeddings
from search import generation, lexicon
from search.generation import DamagedError
from search.status import status
from web.base import work
from web.base.lock import writing
from web.base.work import Listener
from web.wiring import Services


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    check: str
    sound: bool
    """Whether it is well now."""
    detail: str
    repaired: bool = False


def examine(services: Services, listener: Listener, *, repair: bool) -> Iterator[Finding]:
    """Check the base part by part; with *repair*, mend what is derived.

    Raises ConflictError while an import or a sync is running.
    """
    try:
        database.migrate(services.database)
    except UnavailableError as error:
        yield Finding("Database", sound=False, detail=str(error))
        return
    with writing(services.settings.data, wait=False):
        yield _integrity(services)
        yield _missing_originals(services)
        yield _surplus_originals(services, repair=repair)
        yield _orphan_vectors(services, repair=repair)
        yield _lexicon(services, repair=repair)
    try:
        services.encoder(listener.tell)
    except UnavailableError as error:
        yield Finding("Encoder", sound=False, detail=str(error))
        return
    yield Finding("Encoder", sound=True, detail=services.encoder().model)
    yield from _reranker(services, listener)
    yield _index(services, listener, repair=repair)


def _reranker(services: Services, listener: Listener) -> Iterator[Finding]:
    try:
        found = services.reranker(listener.tell)
    except UnavailableError as error:
        yield Finding("Reranker", sound=False, detail=str(error))
    else:
        if found is not None:
            yield Finding("Reranker", sound=True, detail=found.model)


def _integrity(services: Services) -> Finding:
    faults = database.check_integrity(services.database)
    return Finding("Database", not faults, "; ".join(faults[:5]) or "whole, with the newest schema")


def _missing_originals(services: Services) -> Finding:
    with services.sessions() as session:
        wanted = sources.digests(session)
    kept = set(services.files.digests())
    gone = wanted - kept
    changed = [digest for digest in wanted & kept if digest_of(services.files.path(digest)) != digest]
    if not gone and not changed:
        return Finding("Original files", sound=True, detail=f"{len(wanted):,} kept, all as they were read")
    detail = f"{len(gone):,} are missing and {len(changed):,} were changed; ingest their folders again"
    return Finding("Original files", sound=False, detail=detail)


def _surplus_originals(services: Services, *, repair: bool) -> Finding:
    with services.sessions() as session:
        wanted = sources.digests(session)
    surplus = [digest for digest in services.files.digests() if digest not in wanted]
    found = len(surplus)

    def mend() -> None:
        for digest in surplus:
            services.files.remove(digest)

    return _mended("Unused files", found, "none", f"{found:,} that no item needs", mend, repair=repair)


def _orphan_vectors(services: Services, *, repair: bool) -> Finding:
    with services.sessions() as session:
        found = embeddings.remove_orphans(session)
        session.rollback()

    def mend() -> None:
        with transaction(services.sessions) as session:
            embeddings.remove_orphans(session)

    return _mended("Unused vectors", found, "none", f"{found:,} that no passage needs", mend, repair=repair)


def _lexicon(services: Services, *, repair: bool) -> Finding:
    path = services.settings.lexicon
    with services.sessions() as session:
        found = lexicon.status(session, path)
    damaged = path.exists() and (found.problem or lexicon.damage(path))
    behind = f"{found.pending:,} items differ from the database" if found.pending else ""
    fault = damaged or found.problem or behind

    def mend() -> None:
        if damaged:
            lexicon.remove(path)
        services.lexicon().sync(services.sessions)

    sound = f"{found.words:,} words of {found.items:,} items, as in the database"
    return _mended("Words, titles", len(fault), sound, fault, mend, repair=repair)


def _index(services: Services, listener: Listener, *, repair: bool) -> Finding:
    folder = services.settings.index
    fault = _index_fault(services)

    def mend() -> None:
        try:
            name = generation.current(folder)
            if name:
                generation.verify(folder, name)
        except DamagedError:
            shutil.rmtree(folder, ignore_errors=True)
        work.sync(services, listener=listener, wait=False)

    with services.sessions() as session:
        sound = f"{status(session, folder, services.encoder().model).passages:,} passages, as in the database"
    return _mended("Search index", len(fault), sound, fault, mend, repair=repair)


def _index_fault(services: Services) -> str:
    folder = services.settings.index
    with services.sessions() as session:
        found = status(session, folder, services.encoder().model)
    if found.problem:
        return found.problem
    if found.pending:
        return f"{found.pending:,} passages differ from the database"
    try:
        generation.verify(folder, found.generation)
    except DamagedError as error:
        return f"the search index is damaged: {error}"
    return ""


def _mended(
    check: str, faults: int, sound: str, fault: str, mend: Callable[[], None], *, repair: bool
) -> Finding:
    if not faults:
        return Finding(check, sound=True, detail=sound)
    if repair:
        mend()
    return Finding(check, sound=repair, detail=fault, repaired=repair)
