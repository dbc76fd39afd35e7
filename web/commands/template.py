"""Templates as files to fill."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    from web.writing.forms import FileFormat


def template(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="A template's reference, such as HS-T-003.")],
    to: Annotated[
        Path | None,
        typer.Option(
            help="The file to write, .docx or .xlsx; default: one named after the template, here.",
            dir_okay=False,
        ),
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="Filled with the template's example.")] = False,
    entries: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="What a field is filled with; may be repeated."),
    ] = None,
    values: Annotated[
        Path | None,
        typer.Option(
            help="A JSON file: an object by field, or a list of them for a register.", dir_okay=False
        ),
    ] = None,
) -> None:
    """Write a template as a Word document or an Excel workbook, blank or filled."""
    from kb.access import LOCAL_USER
    from kb.errors import InvalidError
    from web.console.terminal import existing, out, save
    from web.writing import forms

    if example and (entries or values):
        raise typer.BadParameter("The example can't be mixed with values of your own", param_hint="--example")
    wanted = _format(to)
    with existing(context.obj) as services:
        given = _given(entries or [], values)
        with services.sessions() as session:
            found = forms.get(session, LOCAL_USER, ref)
        records = found.form.example if example else forms.fill(found, given) if given else ()
        written = forms.write(found, wanted, records)
        target = to or Path(written.name)
        if to is None and target.exists():
            raise InvalidError(f"{target} is there already: name another file with --to, or the same one.")
        save(target, [written.content])
    out().print(f"Written to {target}", markup=False)


def _format(to: Path | None) -> "FileFormat | None":
    from web.writing.forms import FileFormat

    if to is None:
        return None
    wanted = next((known for known in FileFormat if to.suffix.lower() == f".{known}"), None)
    if wanted is None:
        raise typer.BadParameter(f"{to} ends neither in .docx nor in .xlsx", param_hint="--to")
    return wanted


def _given(entries: list[str], values: Path | None) -> Any:
    """What is entered: the values of the file, and over them those of the command."""
    import json

    from kb.errors import InvalidError

    given: Any = {}
    if values:
        try:
            given = json.loads(values.read_text())
        except OSError as error:
            raise InvalidError(f"{values} can't be read: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            raise InvalidError(f"{values} is not JSON ({error}).") from error
    if not entries:
        return given
    if not isinstance(given, dict):
        raise typer.BadParameter("A list of rows in --values leaves nothing to set", param_hint="--set")
    return cast("dict[str, Any]", given) | dict(_pair(entry) for entry in entries)


def _pair(entry: str) -> tuple[str, str]:
    field, equals, value = entry.partition("=")
    if not equals or not field.strip():
        raise typer.BadParameter(f"{entry!r} is not FIELD=VALUE", param_hint="--set")
    return field.strip(), value
