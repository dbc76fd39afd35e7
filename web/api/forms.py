"""Templates as files over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import JsonValue, WithJsonSchema

from web.api.problems import PROBLEMS, problems
from web.files.headers import attachment
from web.http.deps import PrincipalDep, SessionDep
from web.writing import forms
from web.writing.forms import MEDIA_TYPES, FileFormat, Written

router = APIRouter(prefix="/items", tags=["Templates"], responses=PROBLEMS)

Ref = Annotated[str, Path(description="The template's reference.", examples=["HS-T-003"])]
Wanted = Annotated[
    FileFormat | None,
    Query(
        alias="format",
        description="The format of the file; without it a workbook for a register, a document for any other.",
    ),
]
_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
_RECORD: dict[str, Any] = {
    "type": "object",
    "description": "Entries by field. A field that is a table takes a list of rows, each an object by "
    "column, or a text with a line for each row and bars between its cells.",
    "additionalProperties": {
        "anyOf": [_TEXT, {"type": "array", "items": {"type": "object", "additionalProperties": _TEXT}}]
    },
}
Values = Annotated[
    JsonValue,
    WithJsonSchema({"anyOf": [_RECORD, {"type": "array", "items": _RECORD}]}),
    Body(
        description="What is entered, by field; a list of such objects for the rows of a register.",
        examples=[
            {"ID": "R-001", "Risk": "Because the crane is hired late, lifting may wait", "Type": "Threat"}
        ],
    ),
]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()
        },
    }
}


@router.get(
    "/{ref:path}/form",
    operation_id="get_form",
    summary="Download a template",
    response_class=Response,
    responses=problems(404) | _FILE,
)
def blank(
    ref: Ref,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Wanted = None,
    example: Annotated[
        bool, Query(description="Filled with the template's example instead of blank.")
    ] = False,
) -> Response:
    """The template as a Word document or an Excel workbook with drop-downs, filters and formulas."""
    template = forms.get(session, principal, ref)
    return download(forms.write(template, wanted, template.form.example if example else ()))


@router.post(
    "/{ref:path}/form",
    operation_id="fill_form",
    summary="Fill a template",
    response_class=Response,
    responses=problems(403, 404) | _FILE,
)
def filled(
    ref: Ref, values: Values, session: SessionDep, principal: PrincipalDep, wanted: Wanted = None
) -> Response:
    """The template with these values in it; nothing is kept. An unknown field is refused by its name."""
    template = forms.get(session, principal, ref)
    return download(forms.write(template, wanted, forms.fill(template, values)))


def download(written: Written) -> Response:
    """*written* as a file to be saved."""
    return Response(written.content, media_type=written.media_type, headers=attachment(written.name))
