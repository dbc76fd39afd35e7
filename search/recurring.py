"""The themes of a base, found once for each generation of its index and kept beside it."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy.orm import Session

from kb import items
from kb.access import Permission, Principal, peer
from kb.errors import NotFoundError, UnavailableError
from kb.push import telling
from kb.values import ItemId
from search import analysis, generation, meanings
from search.naming import Text

if TYPE_CHECKING:
    from search.themes import Group

log = logging.getLogger(__name__)

_FORMAT = "2"
"""Raise it when themes are found or named otherwise; those that were kept are then found anew."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Lessons that tell of the same."""

    key: str
    """Names it in addresses."""
    name: str
    items: tuple[ItemId, ...]
    """The most typical first."""


@dataclass(frozen=True, slots=True)
class Themes:
    """All themes of what somebody may read, the largest first."""

    generation: str
    """Of the index."""
    lessons: int
    """That were compared; some belong to no theme."""
    found: tuple[Theme, ...]

    def get(self, key: str) -> Theme:
        """The theme with that key. Raises NotFoundError."""
        for theme in self.found:
            if theme.key == key:
                return theme
        raise NotFoundError(f"There is no theme {key!r} any more: themes change as lessons come.")


class Recurring:
    """Finds themes, one set for each set of rights: a name must not tell of what is hidden from its reader.

    Safe to share between threads.
    """

    def __init__(self, index: Path, folder: Path) -> None:
        self._index = index
        self._folder = folder
        self._lock = Lock()
        self._held: dict[Principal, Themes] = {}

    def known(self, session: Session, principal: Principal) -> Themes | None:
        """The themes of the present index, if they were found already and still hold.

        Raises UnavailableError when there is no index.
        """
        present, principal = self._present(), peer(principal)
        with self._lock:
            held = self._held.get(principal) or self._read(principal)
            if held is None or held.generation != present:
                return None
            self._held[principal] = held
        named = [item for theme in held.found for item in theme.items]
        return held if len(items.visible_among(session, principal, named)) == len(named) else None

    def find(
        self, session: Session, principal: Principal, tell: Callable[[str], None] = lambda _: None
    ) -> Themes:
        """Find the themes of what *principal* may see, told through *tell*. Raises as *known* does."""
        from search import themes  # what it computes with takes long to load

        present, principal = self._present(), peer(principal)
        tell("Reading what lessons mean")
        rows: dict[ItemId, list[bytes]] = {}
        for item, vector in telling.vectors(session, principal, generation.model(self._index)):
            rows.setdefault(item, []).append(vector)
        texts = {one.id: Text(one.title, one.tags, one.summary) for one in telling.read(session, principal)}
        lessons = [item for item in rows if item in texts]
        vectors = [meanings.together(list(map(meanings.read, rows[item]))) for item in lessons]
        matrix = np.stack(vectors) if vectors else np.empty((0, 1), np.float32)
        found = themes.find(matrix, lessons, texts, tell)
        whole = Themes(present, len(lessons), tuple(_keyed(found)))
        with self._lock:
            self._held[principal] = whole
            self._write(principal, whole)
        return whole

    def _present(self) -> str:
        present = generation.current(self._index)
        if not present:
            raise UnavailableError("There is no search index yet. Run `kb sync` to build it.")
        return present

    def _path(self, reader: Principal) -> Path:
        rights = [str(reader.clearance)]
        if reader.may(Permission.REVIEW):
            rights.append("review")
        if not reader.all_groups:
            groups = "\n".join(sorted(reader.groups))
            rights.append(hashlib.blake2b(groups.encode(), digest_size=8).hexdigest())
        return self._folder / f"{'-'.join(rights)}-{_FORMAT}.json"

    def _read(self, reader: Principal) -> Themes | None:
        try:
            stored = json.loads(self._path(reader).read_text())
            found = tuple(
                Theme(one["key"], one["name"], tuple(map(ItemId, one["items"]))) for one in stored["found"]
            )
            return Themes(stored["generation"], stored["lessons"], found)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, reader: Principal, whole: Themes) -> None:
        path = self._path(reader)
        aside = path.with_suffix(".tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps(asdict(whole)))
            aside.replace(path)
        except OSError:
            log.warning("themes could not be kept; they are found anew after a restart", exc_info=True)


def _keyed(found: "Iterable[Group]") -> Iterable[Theme]:
    taken: set[str] = set()
    for group in found:
        name = ", ".join(group.name)
        key = "-".join(part.lower() for word in analysis.words(name) for part in analysis.parts(word))[:80]
        number = 1
        while (distinct := key if number == 1 else f"{key}-{number}") in taken:
            number += 1
        taken.add(distinct)
        yield Theme(distinct, name[:1].upper() + name[1:], group.items)
