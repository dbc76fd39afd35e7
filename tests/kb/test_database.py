from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from kb import database, facets, items
from kb.access import LOCAL_USER
from kb.database import Sessions, transaction
from kb.errors import UnavailableError
from kb.facets import FacetCount
from kb.models import Base
from kb.values import Filters, ItemId, Taught, TrainingFields
from kb.vocabulary import FacetName, Kind
from tests.samples import lesson, store


def test_migrations_lead_to_the_models(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/kb.db")
    database.migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_facets_of_an_older_base_are_filtered_by_and_counted(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/kb.db")
    database.migrate(engine)
    with transaction(database.sessions(engine)) as session:
        store(
            session,
            lesson("Owned", owner="Jane Smith"),
            lesson("Nobody's", tags=("late",)),
            lesson("Course", kind=Kind.TRAINING, fields=TrainingFields(competences=(Taught("Risk", 2),))),
        )
    config = database.migration_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
    database.migrate(engine)
    with transaction(database.sessions(engine)) as session:
        owned = items.in_order(session, LOCAL_USER, Filters({FacetName.OWNER: ("jane smith",)}))
        counts = facets.count(session, LOCAL_USER, [*owned, ItemId(owned[0] + 1), ItemId(owned[0] + 2)])
    assert counts[FacetName.OWNER] == [FacetCount("Jane Smith", 1)]
    assert counts[FacetName.TAG] == [FacetCount("late", 1)]
    assert counts[FacetName.KIND] == [FacetCount("lesson", 2), FacetCount("training", 1)]
    assert counts[FacetName.COMPETENCE] == [FacetCount("risk", 1)]
    engine.dispose()


def test_migrating_again_does_nothing(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/deep/er/kb.db")
    database.migrate(engine)
    database.migrate(engine)
    assert database.check_integrity(engine) == []
    engine.dispose()


def test_sqlite_writes_ahead_and_checks_references(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/kb.db")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def test_analysed_the_database_reads_few_of_many_items_by_their_ids(sessions: Sessions) -> None:
    engine = sessions.kw["bind"]
    with transaction(sessions) as session:
        store(session, *(lesson(f"Lesson {number}") for number in range(1_200)))
    database.analyse(engine)
    query = "EXPLAIN QUERY PLAN SELECT title FROM item WHERE withdrawn_at IS NULL AND id IN ({})"
    with engine.connect() as connection:
        plan = connection.execute(text(query.format(",".join(map(str, range(1, 60)))))).all()
    assert "PRIMARY KEY" in plan[0][3]


def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "kb.db").write_bytes(b"not a database, " * 100)
    engine = database.connect(f"sqlite:///{tmp_path}/kb.db")
    with pytest.raises(UnavailableError, match="can't be opened"):
        database.migrate(engine)
    engine.dispose()


def test_a_base_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/kb.db")
    database.migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnavailableError, match="newer release"):
        database.migrate(engine)
    engine.dispose()


def test_broken_references_are_reported(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/kb.db")
    database.migrate(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        connection.execute(text("INSERT INTO facet VALUES (99, 'tag', 'x')"))
        connection.commit()
    assert database.check_integrity(engine) == ["a row of facet refers to a missing row of item"]
    engine.dispose()
