import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from kb import audit, database
from kb.access import LOCAL_USER, Principal
from kb.database import transaction
from kb.errors import NotFoundError
from kb.models import AuditChain, AuditEvent
from kb.vocabulary import Classification, Role

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=9)
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner, max_size=2),
    max_leaves=4,
)


def write(session: Session, events: int) -> None:
    for number in range(events):
        audit.record(session, LOCAL_USER, "edit", f"L-{number}", before=(number, "ä"), names={1: "one"})
    session.commit()


def test_a_chain_that_nobody_touched_holds(session: Session) -> None:
    assert audit.verify(session, LOCAL_USER) == audit.Verdict(0, "", "")
    write(session, 5)
    first = audit.verify(session, LOCAL_USER)
    assert (first.events, first.fault) == (5, "")
    write(session, 2)
    later = audit.verify(session, LOCAL_USER, holding=first.digest)
    assert (later.events, later.fault) == (7, "")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (update(AuditEvent).where(AuditEvent.number == 3).values(actor="other"), "Event 3 is not"),
        (update(AuditEvent).where(AuditEvent.number == 3).values(subject="L-9"), "Event 3 is not"),
        (update(AuditEvent).where(AuditEvent.number == 3).values(detail={}), "Event 3 is not"),
        (update(AuditEvent).where(AuditEvent.number == 5).values(number=6), "Event 5 is missing"),
        (delete(AuditEvent).where(AuditEvent.number == 3), "Event 3 is missing"),
        (delete(AuditEvent).where(AuditEvent.number == 1), "Event 1 is missing"),
        (delete(AuditEvent).where(AuditEvent.number > 3), "The last events are missing: 5 were written"),
        (delete(AuditEvent), "The last events are missing"),
        (update(AuditChain).values(digest=""), "The last events are missing"),
    ],
)
def test_what_was_changed_or_taken_out_is_found(session: Session, change: object, fault: str) -> None:
    write(session, 5)
    session.execute(change)  # pyright: ignore[reportCallIssue, reportArgumentType] - any statement
    assert fault in audit.verify(session, LOCAL_USER).fault


def test_one_who_writes_the_whole_chain_anew_is_found_by_a_digest_kept_elsewhere(session: Session) -> None:
    write(session, 3)
    kept = audit.verify(session, LOCAL_USER).digest
    session.execute(delete(AuditEvent))
    session.execute(update(AuditChain).values(number=0, digest=""))
    write(session, 4)
    assert audit.verify(session, LOCAL_USER).fault == ""
    assert "not in it" in audit.verify(session, LOCAL_USER, holding=kept).fault


@given(st.lists(st.dictionaries(st.text(max_size=9), JSON, max_size=2), max_size=3))
def test_whatever_is_recorded_reads_back_as_it_was_chained(details: list[dict[str, object]]) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    audit.AuditEvent.metadata.create_all(engine, tables=[AuditEvent.__table__, AuditChain.__table__])  # pyright: ignore[reportArgumentType]
    with Session(engine) as session:
        session.add(AuditChain(id=1))
        session.flush()
        for detail in details:
            session.add(AuditEvent(actor="ann", action="edit", subject="L-1", detail=detail))
        session.commit()
        session.expire_all()
        assert audit.verify(session, LOCAL_USER).fault == ""
    engine.dispose()


def test_many_writers_make_one_chain(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path / 'base.db'}")
    database.migrate(engine)
    sessions = database.sessions(engine)

    def work(name: str) -> None:
        for number in range(15):
            with transaction(sessions) as session:
                session.scalars(select(AuditEvent.number)).all()
                audit.record(session, Principal(name, Classification.PUBLIC), "edit", str(number))

    writers = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with sessions() as session:
        found = audit.verify(session, LOCAL_USER)
    engine.dispose()
    assert (found.events, found.fault) == (60, "")


def test_what_was_recorded_before_the_chain_is_chained(tmp_path: Path) -> None:
    from alembic import command

    engine = database.connect(f"sqlite:///{tmp_path / 'base.db'}")
    with engine.begin() as connection:
        config = database.migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0023")
    with engine.begin() as connection:
        for number in range(3):
            connection.execute(
                text(
                    "INSERT INTO audit_event (at, actor, action, subject, detail) "
                    "VALUES (:at, 'ann', 'edit', :s, :d)"
                ),
                {
                    "at": f"2026-01-0{number + 1} 10:00:00.000123",
                    "s": f"L-{number}",
                    "d": '{"b": 1, "a": "ä"}',
                },
            )
    database.migrate(engine)
    with database.sessions(engine)() as session:
        write(session, 2)
        found = audit.verify(session, LOCAL_USER)
    engine.dispose()
    assert (found.events, found.fault) == (5, "")


def test_the_record_is_for_administrators(session: Session) -> None:
    write(session, 5)
    manager = Principal("mia", Classification.PUBLIC, roles=frozenset({Role.MANAGER}))
    assert [event.number for event in audit.listed(session, manager, limit=2, offset=1)] == [4, 3]
    assert audit.count(session, manager, subject="L-3") == 1
    assert audit.count(session, manager, actor="nobody") == 0
    for role in set(Role) - {Role.MANAGER, Role.ADMINISTRATOR}:
        other = Principal("ann", Classification.CONFIDENTIAL, roles=frozenset({role}))
        for ask in (audit.count, audit.listed, audit.verify):
            with pytest.raises(NotFoundError):
                ask(session, other)
