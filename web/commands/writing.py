"""Lessons written, checked and edited on the command line."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Source = Annotated[Path, typer.Argument(help="A Markdown file with front matter; - reads what is piped in.")]
Submit = Annotated[bool, typer.Option("--submit", help="Submit it for review; otherwise it is a draft.")]


def new(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Option("--file", "-f", help="A Markdown file with front matter; - reads what is piped in."),
    ],
    submit: Submit = False,
    json: Json = False,
) -> None:
    """Keep a new lesson and bring the index up to date."""
    from ingest import composed
    from kb import items
    from kb.database import transaction
    from web.base import work
    from web.console.terminal import existing, give_json, out, person
    from web.schemas import ItemDetailOut
    from web.writing import editing

    with existing(context.obj) as services:
        entry = composed.read(_text(file))
        with transaction(services.sessions) as session:
            ref = editing.create(session, person(services), entry, submit=submit)
            kept = ItemDetailOut.of_detail(items.get(session, person(services), ref))
        work.sync(services)
        if json:
            give_json(kept.model_dump(mode="json"))
        else:
            out().print(f"Kept as {ref} ({kept.status})", markup=False)


def check(context: typer.Context, file: Source, json: Json = False) -> None:
    """Tell how well a lesson is written, whether it is here already, and what it seems to be about."""
    from ingest import composed
    from kb.vocabulary import label
    from web.console.terminal import existing, give_json, out, person, plain
    from web.wording import percent
    from web.writing import assisting
    from web.writing.entry_schemas import CheckedOut

    with existing(context.obj) as services, services.sessions() as session:
        checked = assisting.check(services, session, person(services), composed.read(_text(file)))
    if json:
        give_json(CheckedOut.of(checked).model_dump(mode="json"))
        return
    console = out()
    console.print(f"{checked.score} of 100")
    for finding in checked.findings:
        console.print(f"  - {finding.hint}", markup=False)
    for double in checked.doubles:
        console.print(plain(f"  = {double.lesson.ref} {double.lesson.title}: {double.reason}"), markup=False)
    for clash in checked.clashes:
        console.print(plain(f"  ! {clash.item.ref} {clash.item.title}: {clash.reason}"), markup=False)
    for one in checked.suggestions:
        console.print(
            plain(f"  + {label(one.subject).lower()}: {label(one.value)} ({percent(one.confidence)})"),
            markup=False,
        )


def edit(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="A lesson's reference, such as HS-L-001.")],
    submit: Submit = False,
) -> None:
    """Open a lesson in $VISUAL or $EDITOR; what is saved there is its next version.

    When it can't be kept, the text stays in a file whose name is told.
    """
    from ingest import composed
    from ingest.composed import LessonEntry
    from kb.database import transaction
    from kb.errors import ConflictError, InvalidError
    from web.base import work
    from web.console.terminal import existing, out, person
    from web.writing import editing

    with existing(context.obj) as services:
        with services.sessions() as session:
            entry, version = editing.entry(session, person(services), ref)
        if not isinstance(entry, LessonEntry):
            raise ConflictError(f"{ref} is no lesson; edit it on its page, or import its file again.")
        before = composed.written(entry)
        path = _beside(before)
        after = _edited(path)
        if after == before and not submit:
            path.unlink()
            out().print("Nothing was changed.")
            return
        try:
            with transaction(services.sessions) as session:
                changed = composed.read(after)
                editing.change(session, person(services), ref, changed, version=version, submit=submit)
        except (InvalidError, ConflictError) as error:
            raise type(error)(f"{error} Your text is in {path}.") from error
        path.unlink()
        work.sync(services)
        out().print(f"{ref} has a new version.", markup=False)


def _text(file: Path) -> str:
    import sys

    from kb.errors import InvalidError

    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidError(f"{file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidError(f"{file} is not UTF-8 text; save it as UTF-8.") from error


def _beside(text: str) -> Path:
    """A new file that holds *text*, for an editor."""
    import os
    import tempfile

    handle, name = tempfile.mkstemp(prefix="lesson-", suffix=".md")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)


def _edited(path: Path) -> str:
    """What *path* holds once the editor was closed. Raises InvalidError when that failed."""
    import os
    import shlex
    import subprocess

    from kb.errors import InvalidError

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603 - the user's own
    except OSError as error:
        raise InvalidError(f"The editor {editor!r} can't be started; set $EDITOR to another.") from error
    if done.returncode:
        raise InvalidError(f"{editor} ended with an error; nothing was changed. Your text is in {path}.")
    return _text(path)
