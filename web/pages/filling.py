"""The page on which a template is filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from ingest import form_cells
from kb import forms as rules
from kb.errors import InvalidError
from kb.forms import Entry, Field, Record
from web.api.forms import download
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.writing import forms
from web.writing.entered import pairs
from web.writing.forms import PROGRAMS, FileFormat, Template

router = APIRouter()

_MAX_FIELDS = 500
_FIELD = "field:"
_ROWS = "rows"
"""The box for further rows of a register."""


@dataclass(frozen=True, slots=True)
class Box:
    """A labelled place to write in."""

    field: Field
    name: str
    value: str
    dated: bool
    """Whether it takes a day."""


async def _entered(request: Request) -> dict[str, str]:
    return dict(await pairs(request, _MAX_FIELDS))


EnteredDep = Annotated[dict[str, str], Depends(_entered)]


@router.get("/items/{ref:path}/fill")
def fill(
    ref: str, session: SessionDep, principal: PrincipalDep, example: Annotated[bool, Query()] = False
) -> HTMLResponse:
    """An empty form, or one that begins with the template's example."""
    template = forms.get(session, principal, ref)
    return _page(template, _as_entered(template, template.form.example if example else ()))


@router.post("/items/{ref:path}/fill")
def take(ref: str, session: SessionDep, principal: PrincipalDep, entered: EnteredDep) -> Response:
    """The filled template as a file; the form again, nothing lost, when something can't be used."""
    template = forms.get(session, principal, ref)
    try:
        wanted = next((known for known in FileFormat if known == entered.get("format")), None)
        return download(forms.write(template, wanted, _records(template, entered)))
    except InvalidError as error:
        return _page(template, entered, str(error))


def _records(template: Template, entered: Mapping[str, str]) -> tuple[Record, ...]:
    given = {
        name.removeprefix(_FIELD): text
        for name, text in entered.items()
        if name.startswith(_FIELD) and text.strip()
    }
    one = [given] if given else []
    if not template.form.is_register:
        return forms.fill(template, given) if given else ()
    columns = [field.name for field in template.form.fields]
    rows = rules.from_lines(columns, entered.get(_ROWS, "").replace("\r", ""), "Further rows")
    return forms.fill(template, [*one, *(dict(row) for row in rows)])


def _as_entered(template: Template, records: tuple[Record, ...]) -> dict[str, str]:
    """*records* as the form would send them."""
    first, others = dict[str, Entry](records[0] if records else {}), records[1:]
    columns = {field.name: field.columns for field in template.form.fields}
    found = {
        _FIELD + name: entry if isinstance(entry, str) else rules.lines(columns[name], entry)
        for name, entry in first.items()
    }
    return found | {_ROWS: rules.lines(list(columns), rules.rows_of(others))}


def _page(template: Template, entered: Mapping[str, str], problem: str = "") -> HTMLResponse:
    form = template.form
    examples = rules.rows_of(form.example)
    boxes = [
        Box(
            field,
            _FIELD + field.name,
            entered.get(_FIELD + field.name, ""),
            form_cells.dated([row[field.name] for row in examples if row.get(field.name)]),
        )
        for field in form.fields
    ]
    return page(
        "fill.html",
        400 if problem else 200,
        section=template.item.head.kind,
        item=template.item,
        form=form,
        boxes=boxes,
        columns=" | ".join(field.name for field in form.fields),
        rows=entered.get(_ROWS, ""),
        formats=[(known, PROGRAMS[known]) for known in template.formats],
        problem=problem,
    )
