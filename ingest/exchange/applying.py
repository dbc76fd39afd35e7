"""Taking a register back: each row against the lesson that it is of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from ingest.exchange import form
from ingest.exchange.form import Kept, Said
from ingest.exchange.reading import ReturnedRow
from ingest.report import RowOutcome, RowState
from kb import drafts, items, library
from kb.access import Permission, Principal, require
from kb.errors import InvalidError, NotFoundError
from kb.life import lessons
from kb.life.lifecycle import Move
from kb.text import digest, shorten
from kb.values import ItemDraft, ItemId, LessonFields
from kb.vocabulary import Kind, Status, label

_KEY = "register:"
_SHOWN = 100


def kept(session: Session, principal: Principal, ids: Sequence[ItemId]) -> Iterator[Kept]:
    """The lessons among *ids* that *principal* may see, in their order."""
    for start in range(0, len(ids), 500):
        found = [
            item
            for item in items.details(session, principal, ids[start : start + 500])
            if item.head.kind is Kind.LESSON
        ]
        said = drafts.of_items(session, principal, found)
        for item, draft in zip(found, said, strict=True):
            yield Kept(draft, item.version, item.head.status, item.head.file_name)


@dataclass(frozen=True, slots=True)
class Manner:
    """How rows are taken back."""

    restore: bool = False
    """Whether a row whose reference nothing here has becomes a lesson under it."""
    dry: bool = False
    """Whether it is only told what would become of them; nothing is written, not even for a moment."""
    seen: set[str] = field(default_factory=set[str])
    """References and rows that were met; rows of one register that are taken back bit by bit share it."""


def apply(
    session: Session, principal: Principal, rows: Sequence[ReturnedRow], manner: Manner | None = None
) -> list[RowOutcome]:
    """Write what *rows* say otherwise than the base; what became of each, in their order.

    A row with a reference becomes a version of that lesson, one without becomes a lesson. Whatever can't be
    written is left out with its reason. Raises NotFoundError when *principal* may not write, and
    ConflictError when somebody wrote one of the lessons at the same moment.
    """
    require(principal, Permission.CONTRIBUTE)
    refs = {row.texts.get("ref", "").strip() for row in rows} - {""}
    known = items.known(session, principal, refs)
    lessons_ = {one.draft.ref or "": one for one in kept(session, principal, [*known.values()])}
    begun = library.begun(session, principal, {_key(row) for row in rows})
    run = _Run(session, principal, manner or Manner(), known, lessons_, begun)
    return [run.row(row) for row in rows]


def _key(row: ReturnedRow) -> str:
    """By which a row without reference is known again when the same file comes once more."""
    return _KEY + digest(
        *(f"{name}\x1e{text.strip()}" for name, text in sorted(row.texts.items()) if text.strip())
    )


@dataclass(slots=True)
class _Run:
    session: Session
    principal: Principal
    manner: Manner
    known: dict[str, ItemId]
    lessons: dict[str, Kept]
    begun: dict[str, str]

    def row(self, row: ReturnedRow) -> RowOutcome:
        """What becomes of *row*."""
        ref = row.texts.get("ref", "").strip()
        shown = RowOutcome(
            row.number, RowState.LEFT_OUT, row.sheet, ref, shorten(row.texts.get("title", ""), _SHOWN)
        )
        try:
            said = form.read(row.texts)
            if not ref:
                return self._new(row, said, shown)
            if ref in self.manner.seen:
                raise InvalidError(f"{ref} stands in a row before this one already.")
            self.manner.seen.add(ref)
            if ref in self.lessons:
                return self._existing(self.lessons[ref], said, shown)
            return self._unknown(said, shown)
        except (InvalidError, NotFoundError) as error:
            return replace(shown, note=str(error))

    def _existing(self, lesson: Kept, said: Said, shown: RowOutcome) -> RowOutcome:
        present = form.facts(lesson)
        note = " ".join(filter(None, (_unmoved(lesson, said), _untaken(lesson, said, present))))
        same = replace(shown, state=RowState.UNCHANGED, note=note)
        differing = form.differing(said, present)
        if not differing:
            return same
        draft = form.changed(lesson.draft, differing)
        if replace(draft, passages=()) == lesson.draft:
            return same
        ref, read_at = shown.ref, said.get("version")
        if read_at is not None and read_at < lesson.version:
            old = drafts.of_version(self.session, self.principal, ref, read_at)
            was = form.facts(Kept(old, read_at, lesson.status, lesson.file_name))
            if not form.differing(said, was):
                return replace(
                    same, note=f"It is at version {lesson.version} here; the row tells of {read_at}."
                )
            raise InvalidError(
                f"{ref} was changed here since the register was given out: it is at version "
                f"{lesson.version}, the row at {read_at}. Export it again, and change it there."
            )
        if not self.manner.dry:
            library.write(self.session, self.principal, draft, ref, version=lesson.version)
        named = tuple((form.COLUMNS[name], str(said[name] or "")) for name in differing)
        return replace(same, state=RowState.CHANGED, said=named)

    def _new(self, row: ReturnedRow, said: Said, shown: RowOutcome) -> RowOutcome:
        key = _key(row)
        if key in self.begun:
            note = f"It is here already as {self.begun[key]}."
            return replace(shown, state=RowState.UNCHANGED, ref=self.begun[key], note=note)
        if key in self.manner.seen:
            return replace(shown, state=RowState.UNCHANGED, note="A row before this one says the same.")
        self.manner.seen.add(key)
        draft = replace(form.new(said), key=key, status=Status.DRAFT)
        submitted = said.get("status") is not Status.DRAFT
        incomplete = _incomplete(draft) if submitted else ""
        ref = "" if self.manner.dry else self._written(draft, submit=submitted and not incomplete)
        note = f"It stays a draft. {incomplete}" if incomplete else ""
        return replace(shown, state=RowState.NEW, ref=ref, title=shorten(draft.title, _SHOWN), note=note)

    def _written(self, draft: ItemDraft, *, submit: bool) -> str:
        id_ = library.write(self.session, self.principal, draft)
        ref = items.summaries(self.session, self.principal, [id_])[id_].ref
        if submit:
            lessons.move(self.session, self.principal, ref, Move.SUBMIT)
        return ref

    def _unknown(self, said: Said, shown: RowOutcome) -> RowOutcome:
        ref = shown.ref
        if ref in self.known:
            raise InvalidError(f"{ref} is no lesson.")
        if not self.manner.restore:
            raise InvalidError(
                f"No lesson here has the reference {ref}. Empty the cell to add the row as a new lesson, or "
                "ask for unknown references to be kept."
            )
        draft, note = form.restored(said), ""
        status = said.get("status") or Status.SUBMITTED
        if status not in (Status.DRAFT, Status.SUBMITTED) and not self.principal.may(Permission.REVIEW):
            note = f"It was {label(status).lower()}; here it is submitted, to be reviewed."
            status = Status.SUBMITTED
        if self.manner.dry:
            library.compare(self.session, self.principal, "", [draft])
        else:
            library.write(self.session, self.principal, replace(draft, status=status))
        return replace(shown, state=RowState.NEW, note=note)


def _incomplete(draft: ItemDraft) -> str:
    return lessons.lacking(draft.fields) if isinstance(draft.fields, LessonFields) else ""


def _unmoved(lesson: Kept, said: Said) -> str:
    """A sentence when the row asks for another status: that is for reviewers, with their reasons."""
    wanted = said.get("status")
    if wanted in (None, lesson.status) or said.get("version") != lesson.version:
        return ""
    return f"It stays {label(lesson.status).lower()}: a lesson is moved on its own page, with a reason."


def _untaken(lesson: Kept, said: Said, present: Said) -> str:
    """A sentence when the row says otherwise in columns that only tell."""
    if said.get("version") != lesson.version:
        return ""
    names = form.untaken(said, present, lesson.draft.body)
    if not names:
        return ""
    columns = " and ".join(f"“{name}”" for name in names)
    return f"What was changed under {columns} is not taken: change its parts, or the lesson on its page."
