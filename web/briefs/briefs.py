"""Lessons briefs for the page, the API and the command line: drawn up, looked up, read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from ingest import charters as files
from kb import projects
from kb.access import Permission, Principal
from kb.briefs import drawing, reading, signing, traits, verdicts
from kb.briefs.drawing import BriefDraft, CharterDraft
from kb.briefs.stored import StoredBrief
from kb.briefs.verdicts import Voice
from kb.database import transaction
from kb.errors import InvalidError, KbError
from kb.items import ItemSummary
from kb.life import actions, applications, lessons
from kb.life.actions import Action
from kb.life.applications import Record
from kb.values import ItemId, LessonFields
from kb.vocabulary import Classification, Kind
from search.briefs import composing
from search.briefs.alike import AlikeProject, alike
from search.briefs.composing import Answered
from web.briefs import charters
from web.wiring import Services

_SIMILAR = 5


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives of a charter: its text, its file, or a project whose charter is here."""

    text: str = ""
    path: Path | None = None
    """Of a file; it is taken before the text."""
    name: str = ""
    """What the file is called."""
    project: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the items of a brief beside what it holds."""

    lessons: Mapping[ItemId, LessonFields]
    records: Mapping[ItemId, Record]
    areas: Mapping[ItemId, tuple[str, ...]]
    """Their knowledge areas."""
    voices: Mapping[ItemId, tuple[Voice, ...]]
    """What other briefs' projects found of them."""
    actions: Mapping[str, tuple[Action, ...]]
    """What is done about those that need action, by the lesson's reference."""

    def record(self, item: ItemId) -> Record:
        """How often *item* was applied, and how that went."""
        return self.records.get(item, Record())

    def found(self, item: ItemId) -> tuple[int, int]:
        """How many other briefs' projects found that *item* applies, and that it does not."""
        said = [voice.useful for voice in self.voices.get(item, ())]
        return said.count(True), said.count(False)


@dataclass(frozen=True, slots=True)
class News:
    """What a brief would hold today and does not, and what became of what it holds."""

    new: tuple[ItemSummary, ...]
    """Lessons that would be in it now."""
    changed: tuple[ItemSummary, ...]
    """Lessons of it that say something else by now."""
    retired: tuple[ItemSummary, ...]
    """Lessons of it that were superseded or rejected."""

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.new or self.changed or self.retired)


def uploaded(folder: Path, fields: Mapping[str, str]) -> Given:
    """What a form gives of a charter, whose file lies in *folder*."""
    path = next(iter(sorted(folder.iterdir())), None)
    said = {name: text.replace("\r\n", "\n") for name, text in fields.items()}
    return Given(
        text=said.get("text", ""),
        path=path,
        name=path.name if path else "",
        project=said.get("project", ""),
        title=said.get("title", ""),
    )


def charter(services: Services, session: Session, principal: Principal, given: Given) -> CharterDraft:
    """The charter that was *given*, read into needs. Raises InvalidError when there is none in it."""
    return _read(services, session, principal, given)[0]


def begin(
    services: Services,
    session: Session,
    principal: Principal,
    given: Given,
    classification: Classification = Classification.INTERNAL,
) -> str:
    """Keep a brief for what was *given*; its code. Its needs are still to be looked up.

    Raises NotFoundError, and InvalidError when there is no charter in it.
    """
    draft, title = _read(services, session, principal, given)
    named = given.title.strip() or title or given.project.strip() or "Lessons brief"
    return drawing.begin(session, principal, BriefDraft(named, draft, given.project.strip(), classification))


class Looking:
    """Looks the needs of a brief up, one after the other, and keeps what was found."""

    def __init__(self, services: Services, principal: Principal, brief: StoredBrief) -> None:
        self._services = services
        self._principal = principal
        self.brief = brief
        """As it stood; once all was looked up, as it stands then."""
        self.error: KbError | None = None
        """Why it could not be done."""

    def __iter__(self) -> Iterator[Answered]:
        """What answers each need; the brief is kept behind the last. Errors are told, not raised."""
        try:
            yield from self._look()
        except KbError as error:
            self.error = error

    def _look(self) -> Iterator[Answered]:
        wanted = self.brief.wanted
        code = self.brief.head.code
        needs = [one.need for one in wanted]
        composed = None
        with self._services.sessions() as session:
            for found in composing.stream(self._services.search(), session, self._principal, needs):
                if isinstance(found, Answered):
                    yield found
                else:
                    composed = found
        with transaction(self._services.sessions) as session:
            if composed is not None:
                numbers = [one.number for one in wanted]
                drawing.keep(session, self._principal, code, numbers, composed)
            self.brief = reading.get(session, self._principal, code)


def waiting(principal: Principal, brief: StoredBrief) -> bool:
    """Whether *brief* has needs that *principal* may have looked up."""
    looked = brief.version.looked_at is not None
    return brief.open and not looked and bool(brief.wanted) and principal.may(Permission.CONTRIBUTE)


def looked_up(services: Services, principal: Principal, code: str, number: int | None = None) -> StoredBrief:
    """The brief, its needs looked up if they were not yet. Raises NotFoundError, UnavailableError."""
    with services.sessions() as session:
        found = reading.get(session, principal, code, number)
    if not waiting(principal, found):
        return found
    looking = Looking(services, principal, found)
    for _ in looking:
        pass
    if looking.error:
        raise looking.error
    return looking.brief


def known(session: Session, principal: Principal, brief: StoredBrief) -> Known:
    """What is known of the items of *brief*."""
    ids = [entry.item.id for entry in brief.entries]
    acting = [entry.item.id for entry in brief.entries if entry.needs_action]
    return Known(
        lessons.fields(session, principal, [e.item.id for e in brief.entries if e.asks]),
        applications.records(session, principal, ids),
        {item: one.areas for item, one in traits.read(session, principal, ids).items()},
        verdicts.voices(session, principal, ids, besides=brief.head.code),
        actions.of_lessons(session, principal, acting),
    )


def news(services: Services, session: Session, principal: Principal, code: str) -> News:
    """What became of the newest version of a brief since its needs were looked up. Raises NotFoundError."""
    brief = reading.get(session, principal, code)
    since = signing.since(session, principal, code)
    looked = brief.version.looked_at
    if looked is None or not signing.base_changed(session, principal, looked):
        return News((), since.changed, since.retired)
    there = {one for entry in brief.entries for one in (entry.item.id, *entry.alike)}
    composed = composing.compose(
        services.search(),
        session,
        principal,
        [one.need for one in brief.wanted],
    )
    new = tuple(
        entry.item
        for entry in composed.entries
        if entry.item.kind is Kind.LESSON and entry.item.id not in there and not there & {*entry.alike}
    )
    return News(new, since.changed, since.retired)


def similar(
    services: Services, session: Session, principal: Principal, brief: StoredBrief
) -> list[AlikeProject]:
    """Earlier projects that are like the one of *brief*, most alike first, each with why.

    Raises UnavailableError without an index.
    """
    own = brief.head.project.casefold()
    needs = [one.need for one in brief.wanted]
    found = alike(services.search(), services.projects(), session, principal, needs, limit=_SIMILAR + 1)
    return [one for one in found if one.project.name.casefold() != own][:_SIMILAR]


def _read(
    services: Services, session: Session, principal: Principal, given: Given
) -> tuple[CharterDraft, str]:
    """The charter with its needs, and its title."""
    if given.path is not None:
        read = charters.read(files.read(given.path, services.settings.limits, given.name))
    elif given.text.strip():
        read = charters.read(files.pasted(given.text, given.title))
    elif given.project.strip():
        found = projects.charter(session, principal, given.project)
        read = charters.read(files.pasted(found.body, found.title))
    else:
        raise InvalidError("Paste the charter, choose its file, or pick a project whose charter is here.")
    return CharterDraft(read.charter.text, read.needs, given.name), read.charter.title
