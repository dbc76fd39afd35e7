"""Lessons briefs over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.briefs import drawing, needs, reading, signing, verdicts
from kb.briefs.stored import StoredBrief
from kb.database import transaction
from kb.errors import NotFoundError
from kb.vocabulary import Classification, term
from web.addresses import brief_url
from web.api.problems import PROBLEMS, problems
from web.briefs import brief_reports, briefs, premortem
from web.briefs.brief_reports import File, Format
from web.briefs.briefs import Given
from web.briefs.schemas import (
    BriefDetailOut,
    BriefIn,
    BriefNeedChange,
    BriefNeedIn,
    BriefNeedOut,
    BriefNewsOut,
    BriefOut,
    BriefProjectOut,
    BriefsOut,
    BriefVersionIn,
    GapMadeOut,
    PreMortemOut,
    SignOffIn,
    VerdictIn,
    VerdictOut,
)
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.imports.uploads import UPLOAD_BODY, UploadDep
from web.searching.choices import PagingDep
from web.searching.links import add_links
from web.wiring import Services

router = APIRouter(prefix="/briefs", tags=["Lessons briefs"], responses=PROBLEMS)

Code = Annotated[str, Path(description="The brief's code.", max_length=40, examples=["K7PD3W"])]
Number = Annotated[int, Path(ge=1, le=10_000, description="The need's number.")]
Ref = Annotated[str, Path(description="The lesson's reference.", max_length=60, examples=["HS-L-001"])]
VersionQuery = Annotated[
    int | None, Query(ge=1, le=100_000, description="The newest unless another one is asked for.")
]

FormatQuery = Annotated[Format, Query(alias="format", description="Of the file.")]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in brief_reports.MEDIA_TYPES.values()
        },
    }
}


@router.get("", operation_id="list_briefs", summary="List lessons briefs")
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    project: Annotated[str, Query(max_length=300, description="Only those of this project.")] = "",
) -> BriefsOut:
    """A page of the briefs, newest first. `Link` headers lead to the other pages."""
    total = reading.count(session, principal, project)
    found = reading.listed(session, principal, project=project, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return BriefsOut(**wanted.figures(total), briefs=[BriefOut.of(one) for one in found])


@router.post(
    "",
    status_code=201,
    operation_id="draw_brief",
    summary="Draw up a lessons brief",
    responses=problems(403, 404),
)
def draw(
    wanted: BriefIn, services: ServicesDep, principal: PrincipalDep, response: Response
) -> BriefDetailOut:
    """Read a charter into needs and look them up. `Location` tells the brief's address."""
    given_ = Given(text=wanted.text, project=wanted.project, title=wanted.title)
    return _drawn(services, principal, given_, wanted.classification, response)


@router.post(
    "/upload",
    status_code=201,
    operation_id="draw_brief_from_file",
    summary="Draw up a lessons brief from a file",
    responses=problems(403, 404, 413, 415),
    openapi_extra=UPLOAD_BODY,
)
def draw_from_file(
    upload: UploadDep, services: ServicesDep, principal: PrincipalDep, response: Response
) -> BriefDetailOut:
    """The same from a file of any format that can be ingested.

    The first file counts; `title`, `project` and `classification` may be fields of the form.
    """
    said = term(Classification, upload.fields.get("classification", "")) or Classification.INTERNAL
    return _drawn(services, principal, briefs.uploaded(upload.folder, upload.fields), said, response)


@router.get("/{code}", operation_id="get_brief", summary="Read a lessons brief", responses=problems(404))
def one(
    code: Code, session: SessionDep, principal: PrincipalDep, version: VersionQuery = None
) -> BriefDetailOut:
    """A brief with its needs, what answers them, and the verdicts."""
    return _detail(session, principal, reading.get(session, principal, code, version))


@router.post(
    "/{code}/look",
    operation_id="look_up_brief",
    summary="Look up the needs of a brief again",
    responses=problems(403, 404, 409),
)
def look(code: Code, services: ServicesDep, principal: PrincipalDep) -> BriefDetailOut:
    """Look up what answers the needs today; verdicts stay with their lessons."""
    with transaction(services.sessions) as session:
        drawing.look_again(session, principal, code)
    return _looked_up(services, principal, code)


@router.get(
    "/{code}/news",
    operation_id="get_brief_news",
    summary="Tell what is new for a brief",
    responses=problems(404),
)
def news(code: Code, services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> BriefNewsOut:
    """What became of the newest version since its needs were looked up."""
    return BriefNewsOut.of(briefs.news(services, session, principal, code))


@router.post(
    "/{code}/needs",
    status_code=201,
    operation_id="add_brief_need",
    summary="Add a need to a brief",
    responses=problems(403, 404, 409),
)
def add_need(code: Code, wanted: BriefNeedIn, session: SessionDep, principal: PrincipalDep) -> BriefNeedOut:
    """Add a need that the charter does not say; the needs are to be looked up again."""
    number = needs.add(session, principal, code, wanted.kind, wanted.text)
    return _need(session, principal, code, number)


@router.patch(
    "/{code}/needs/{number}",
    operation_id="change_brief_need",
    summary="Change or drop a need of a brief",
    responses=problems(403, 404, 409),
)
def change_need(
    code: Code, number: Number, wanted: BriefNeedChange, session: SessionDep, principal: PrincipalDep
) -> BriefNeedOut:
    """Put a need into other words, drop it, or take it back; the needs are to be looked up again."""
    present = _need(session, principal, code, number)
    if wanted.kind is not None or wanted.text is not None:
        kind, text = wanted.kind or present.kind, wanted.text or present.text
        needs.change(session, principal, code, number, kind, text)
    if wanted.dropped is not None:
        needs.drop(session, principal, code, number, dropped=wanted.dropped)
    return _need(session, principal, code, number)


@router.post(
    "/{code}/needs/{number}/gap",
    status_code=201,
    operation_id="offer_brief_need",
    summary="Offer a need as a knowledge gap",
    responses=problems(403, 404, 409),
)
def offer(code: Code, number: Number, session: SessionDep, principal: PrincipalDep) -> GapMadeOut:
    """Make a knowledge gap of a need that nothing here answers; who may contribute sees its words."""
    gap = needs.offer(session, principal, code, number)
    return GapMadeOut(number=gap, url=f"/insight/gaps/{gap}")


@router.put(
    "/{code}/entries/{ref}/verdict",
    operation_id="decide_on_lesson",
    summary="Give a lesson of a brief a verdict",
    responses=problems(403, 404, 409),
)
def decide(
    code: Code, ref: Ref, wanted: VerdictIn, session: SessionDep, principal: PrincipalDep
) -> VerdictOut:
    """Decide what the project makes of a lesson; what was decided before stays in its history."""
    verdicts.decide(session, principal, code, ref, wanted.decision())
    return VerdictOut.of(verdicts.history(session, principal, code, ref)[0])


@router.get(
    "/{code}/entries/{ref}/verdicts",
    operation_id="list_verdicts",
    summary="List verdicts on a lesson of a brief",
    responses=problems(404),
)
def history(code: Code, ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[VerdictOut]:
    """All that was decided about a lesson in the newest version, the newest first."""
    return [VerdictOut.of(one) for one in verdicts.history(session, principal, code, ref)]


@router.post(
    "/{code}/sign-offs",
    status_code=201,
    operation_id="sign_brief",
    summary="Sign a brief at a gate",
    responses=problems(403, 404, 409),
)
def sign(code: Code, wanted: SignOffIn, session: SessionDep, principal: PrincipalDep) -> BriefDetailOut:
    """Stand for the newest version, which never changes again. Every lesson needs a verdict before."""
    signing.sign(session, principal, code, wanted.gate, wanted.note)
    return _detail(session, principal, reading.get(session, principal, code))


@router.post(
    "/{code}/versions",
    status_code=201,
    operation_id="renew_brief",
    summary="Open a new version of a brief",
    responses=problems(403, 404, 409),
)
def renew(
    code: Code, wanted: BriefVersionIn, services: ServicesDep, principal: PrincipalDep
) -> BriefDetailOut:
    """Go on from a signed version, or from another charter; verdicts on unchanged lessons are kept."""
    with transaction(services.sessions) as session:
        given_ = Given(text=wanted.text)
        draft = briefs.charter(services, session, principal, given_) if wanted.text.strip() else None
        drawing.renew(session, principal, code, wanted.reason, draft)
    return _looked_up(services, principal, code)


@router.get(
    "/{code}/export",
    operation_id="export_brief",
    summary="Download a brief or its risks",
    response_class=Response,
    responses=problems(404) | _FILES,
)
def export(
    code: Code,
    session: SessionDep,
    principal: PrincipalDep,
    form: FormatQuery = Format.MARKDOWN,
    version: VersionQuery = None,
) -> Response:
    """The brief as Markdown or Word; as CSV or Excel, rows of a risk register of lessons that apply."""
    found = reading.get(session, principal, code, version)
    return _download(brief_reports.brief(found, briefs.known(session, principal, found), form))


@router.get(
    "/{code}/projects",
    operation_id="list_projects_like_brief",
    summary="List projects that are like the one of a brief",
    responses=problems(404),
)
def similar(
    code: Code,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    version: VersionQuery = None,
) -> list[BriefProjectOut]:
    """Earlier projects whose items mean most nearly what the needs mean, most alike first, with why."""
    found = reading.get(session, principal, code, version)
    return [BriefProjectOut.of(one, found) for one in briefs.similar(services, session, principal, found)]


@router.get(
    "/{code}/pre-mortem",
    operation_id="get_pre_mortem",
    summary="Tell how a project could fail",
    responses=problems(404),
)
def pre_mortem(
    code: Code,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    version: VersionQuery = None,
) -> PreMortemOut:
    """Failures that lessons of the brief and of similar projects tell of, by meaning, gravest first."""
    found = reading.get(session, principal, code, version)
    return PreMortemOut.of(premortem.of(services, session, principal, found), found)


@router.get(
    "/{code}/pre-mortem/export",
    operation_id="export_pre_mortem",
    summary="Download a pre-mortem",
    response_class=Response,
    responses=problems(404) | _FILES,
)
def export_pre_mortem(
    code: Code,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    form: FormatQuery = Format.WORD,
    version: VersionQuery = None,
) -> Response:
    """A workshop's sheet as Markdown or Word; as CSV or Excel, the failures as rows of a risk register."""
    found = reading.get(session, principal, code, version)
    pack = premortem.of(services, session, principal, found)
    return _download(brief_reports.pre_mortem(found, pack, form))


def _download(file: File) -> Response:
    return Response(file.content, media_type=file.media_type, headers=attachment(file.name))


def _drawn(
    services: Services,
    principal: Principal,
    wanted: Given,
    classification: Classification,
    response: Response,
) -> BriefDetailOut:
    with transaction(services.sessions) as session:
        code = briefs.begin(services, session, principal, wanted, classification)
    response.headers["Location"] = f"/api/v1{brief_url(code)}"
    return _looked_up(services, principal, code)


def _looked_up(services: Services, principal: Principal, code: str) -> BriefDetailOut:
    found = briefs.looked_up(services, principal, code)
    with services.sessions() as session:
        return _detail(session, principal, found)


def _detail(session: Session, principal: Principal, found: StoredBrief) -> BriefDetailOut:
    return BriefDetailOut.of(found, briefs.known(session, principal, found))


def _need(session: Session, principal: Principal, code: str, number: int) -> BriefNeedOut:
    found = reading.get(session, principal, code)
    need = next((one for one in found.needs if one.number == number), None)
    if need is None:
        raise NotFoundError(f"This brief has no need {number}.")
    return BriefNeedOut.of(need)
