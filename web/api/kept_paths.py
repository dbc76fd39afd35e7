"""Kept learning paths over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.learning import kept
from kb.models import now
from web.api.problems import PROBLEMS, problems
from web.api.versions import IfMatch, matched, tell
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.learning import kept_paths, path_files
from web.learning.kept_schemas import KeepIn, KeptPathOut, KeptPathsOut, PathChangeIn, PathHeadOut
from web.learning.path_files import Format
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(prefix="/learning-paths/kept", tags=["Learning"], responses=PROBLEMS)

Code = Annotated[str, Path(max_length=40, description="The path's code.", examples=["K7PD3W"])]
Wanted = Annotated[Format, Query(description="md, docx, or jsonld with schema.org's Course.")]


def _answer(session: Session, principal: Principal, code: str, response: Response) -> KeptPathOut:
    found = kept_paths.view(session, principal, code)
    tell(response, found.kept.head.version)
    return KeptPathOut.of(found)


@router.get("", operation_id="list_kept_paths", summary="List kept learning paths")
def listed(
    request: Request, response: Response, session: SessionDep, principal: PrincipalDep, wanted: PagingDep
) -> KeptPathsOut:
    """A page of the paths that you may see, what was changed last first. `Link` headers lead on."""
    total = kept.count(session, principal)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = kept.listed(session, principal, offset=wanted.offset, limit=wanted.size)
    return KeptPathsOut(**wanted.figures(total), paths=[PathHeadOut.of(one) for one in found])


@router.post(
    "",
    status_code=201,
    operation_id="keep_learning_path",
    summary="Keep a learning path",
    responses=problems(404),
)
def keep(
    wanted: KeepIn, services: ServicesDep, session: SessionDep, principal: PrincipalDep, response: Response
) -> KeptPathOut:
    """Keep training in the order given, or the best path, with what it was asked with.

    `Location` tells its address, `ETag` its version.
    """
    code = kept_paths.keep(
        services, session, principal, wanted.query_alone(), title=wanted.title, steps=wanted.steps
    )
    response.headers["Location"] = f"/api/v1/learning-paths/kept/{code}"
    return _answer(session, principal, code, response)


@router.get(
    "/{code}", operation_id="get_kept_path", summary="Read a kept learning path", responses=problems(404)
)
def one(code: Code, session: SessionDep, principal: PrincipalDep, response: Response) -> KeptPathOut:
    """A path as it was kept, and what became of its training since. `ETag` tells its version."""
    return _answer(session, principal, code, response)


@router.patch(
    "/{code}",
    operation_id="change_kept_path",
    summary="Change a kept learning path",
    responses=problems(404, 409),
)
def change(
    code: Code,
    wanted: PathChangeIn,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    response: Response,
    if_match: IfMatch = "",
) -> KeptPathOut:
    """Give it another title, other steps or another order; the answer says what is wrong with them.

    A newer version than the one that was read answers 409.
    """
    kept_paths.edit(services, session, principal, code, matched(if_match), wanted.change())
    return _answer(session, principal, code, response)


@router.post(
    "/{code}/solution",
    operation_id="solve_kept_path",
    summary="Solve a kept learning path anew",
    responses=problems(404, 409),
)
def solve(
    code: Code,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    response: Response,
    if_match: IfMatch = "",
) -> KeptPathOut:
    """Keep the steps that were picked, and find the best of what remains, for levels as they are today."""
    kept_paths.solve(services, session, principal, code, matched(if_match))
    return _answer(session, principal, code, response)


@router.delete(
    "/{code}",
    status_code=204,
    operation_id="remove_kept_path",
    summary="Remove a kept learning path",
    responses=problems(404),
)
def remove(code: Code, session: SessionDep, principal: PrincipalDep) -> None:
    """Keep it no longer; what people were asked to learn stays theirs."""
    kept.remove(session, principal, code)


@router.get(
    "/{code}/export",
    operation_id="export_kept_path",
    summary="Export a kept learning path",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {media: {} for media in path_files.MEDIA_TYPES.values()},
        },
        **problems(404),
    },
)
def export(
    code: Code, session: SessionDep, principal: PrincipalDep, wanted: Wanted = Format.MARKDOWN
) -> Response:
    """It as Markdown, as a Word document, or as JSON-LD, as it was kept."""
    found = kept_paths.view(session, principal, code)
    return Response(
        path_files.write(found.title, found.option, wanted, now().date()),
        media_type=path_files.MEDIA_TYPES[wanted],
        headers=attachment(f"learning-path-{found.kept.head.code}.{wanted}"),
    )
