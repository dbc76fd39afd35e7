"""Whether search is known to be in step with the database, without comparing the two.

Comparing reads a key for every passage: more than a second for 100,000. Every write is audited, so the last
link of the audit chain tells whether anything was written since they were last compared; a base brought back
from a backup has another chain.
"""

import json
from pathlib import Path

from kb import audit
from search import generation
from web.release import release
from web.wiring import Services

_FILE = "in-step.json"


def state(services: Services) -> dict[str, str]:
    """What the database holds and what reads it; take it before anything is compared."""
    with services.sessions() as session:
        written = audit.head(session)
    return {"release": release(), "written": written, "model": services.encoder().model}


def note(services: Services, before: dict[str, str]) -> None:
    """Keep that index and lexicon, as they are now, hold all of *before*."""
    path = _path(services)
    aside = path.with_suffix(".writing")
    aside.write_text(json.dumps(before | _derived(services)))
    aside.replace(path)


def holds(services: Services) -> bool:
    """Whether nothing was written or replaced since that was noted, and the index can be opened."""
    try:
        noted = json.loads(_path(services).read_text())
    except (OSError, ValueError):
        return False
    # Opened by the engine, the index need not be opened once more by the first search.
    return noted == state(services) | _derived(services) and services.search().ready


def _derived(services: Services) -> dict[str, str]:
    return {"index": generation.current(services.settings.index), "lexicon": services.lexicon().identity()}


def _path(services: Services) -> Path:
    return services.settings.index / _FILE
