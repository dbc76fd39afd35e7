"""Connecting, transactions and migrations. The only module that knows which database it is."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from kb.errors import UnavailableError

Sessions = sessionmaker[Session]

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA cache_size=-32000",
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
        with engine.begin() as connection:
            config = migration_config()
            config.attributes["connection"] = connection
            present = MigrationContext.configure(connection).get_current_revision()
            scripts = ScriptDirectory.from_config(config)
            if present == scripts.get_current_head():
                return
            if present and present not in {script.revision for script in scripts.walk_revisions()}:
                raise UnavailableError(
                    "This knowledge base was written by a newer release of Hindsight; "
                    "install that release or a newer one."
                )
            command.upgrade(config, "head")
    except DatabaseError as error:
        raise UnavailableError(
            f"The database at {engine.url.render_as_string()} can't be opened: {error.orig}. "
            "Restore it from a backup, or move it away to begin anew."
        ) from error


def migration_config() -> Config:
    """Alembic's configuration, made in code so that an installed wheel can migrate itself."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


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
