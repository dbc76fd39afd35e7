"""Connecting, transactions and migrations. The only module that knows which database it is."""

import json
import logging
import sqlite3
from collections.abc import Collection, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, cast

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Engine,
    Text,
    TypeDecorator,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection, ExecutionContext
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from kb.errors import UnavailableError
from kb.text import squash

if TYPE_CHECKING:
    from alembic.config import Config

_log = logging.getLogger(__name__)
_SHOWN = 600
"""Characters of a slow statement."""
_MIGRATIONS = Path(__file__).parent / "migrations"

Sessions = sessionmaker[Session]

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA cache_size=-8000",  # KiB of each connection; the system caches the file for all of them
)


def connect(url: str) -> Engine:
    """Open the database at *url*; a missing SQLite file is created on first use."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def watch(engine: Engine, slow: float) -> None:
    """Log each statement that takes *slow* seconds or longer: its words, never the values it was given."""

    def begin(*given: object) -> None:
        context = cast(ExecutionContext, given[4])
        context.began = perf_counter()  # pyright: ignore[reportAttributeAccessIssue] - kept where it is read

    def end(*given: object) -> None:
        seconds = perf_counter() - cast(float, getattr(given[4], "began", perf_counter()))
        if seconds >= slow:
            _log.warning("A statement took %.0f ms: %s", seconds * 1000, squash(str(given[2]))[:_SHOWN])

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)


def sessions(engine: Engine) -> Sessions:
    """A factory of sessions on *engine*."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(factory: Sessions) -> Generator[Session]:
    """One transaction: committed when the block ends well, otherwise undone whole."""
    with factory() as session, session.begin():
        yield session


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision.

    Raises UnavailableError when the file is no database, or comes from a newer release.
    """
    try:
        if _present_revision(engine) != newest_revision():
            _upgrade(engine)
            analyse(engine)  # a new index is misjudged until it is counted
    except DatabaseError as error:
        raise UnavailableError(
            f"The database at {engine.url.render_as_string()} can't be opened: {error.orig}. "
            "Restore it from a backup, or move it away to begin anew."
        ) from error


def _present_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def newest_revision() -> str:
    """The newest migration of this release."""
    # Read off the file names, which begin with it: Alembic would take longer to load than a search takes.
    return max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with engine.begin() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        present = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if present and present not in known:
            raise UnavailableError(
                "This knowledge base was written by a newer release of Hindsight; "
                "install that release or a newer one."
            )
        command.upgrade(config, "head")


def migration_config() -> "Config":
    """Alembic's configuration, made in code so that an installed wheel can migrate itself."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


class _Numbers(TypeDecorator[Collection[int]]):
    """Whole numbers as one parameter, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> str:
        """The numbers as the database takes them."""
        return json.dumps(list(value or ()))


def among(column: InstrumentedAttribute[int], name: str) -> ColumnElement[bool]:
    """Whether *column* is one of the numbers given as the parameter *name*, however many they are.

    As a parameter for each number, SQLAlchemy needs a millisecond to write down four hundred.
    """
    numbers = func.json_each(bindparam(name, type_=_Numbers())).table_valued("value")
    return column.in_(select(numbers.c.value))


def analyse(engine: Engine) -> None:
    """Let the database count what it holds, so that it plans its reads well.

    SQLite, left alone, takes an index on a column for telling whatever stands in it: of 100,000 live items it
    walked through all to read 20 of them, 40 ms instead of 0.4.
    """
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.execute(text("PRAGMA analysis_limit=1000"))
            connection.execute(text("ANALYZE"))


def copy(engine: Engine, target: Path) -> None:
    """Copy the SQLite database to the file *target* as it is at one moment, while others go on writing."""
    source = engine.raw_connection()
    try:
        with closing(sqlite3.connect(target)) as kept:
            cast(sqlite3.Connection, source.driver_connection).backup(kept)
    finally:
        source.close()


def check_integrity(engine: Engine) -> list[str]:
    """What the database itself finds wrong, a sentence each; empty when all is well."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        findings = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [f for f in findings if f != "ok"] + [
        f"a row of {row[0]} refers to a missing row of {row[2]}" for row in broken
    ]
