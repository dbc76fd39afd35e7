"""The pages on which practices are browsed, recommended, and a project assesses itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from kb import facets, items, projects
from kb.access import cleared
from kb.adoption.values import Fulfilment
from kb.assessments import records
from kb.assessments.questions import HIGHEST, by_area
from kb.assessments.records import MAX_SUBJECT, USUAL_TARGET, AssessmentDraft
from kb.values import Filters
from kb.vocabulary import Classification, FacetName, Kind, KnowledgeArea, label, term
from search.query import MAX_LENGTH
from web.addresses import paged
from web.adoption import practices
from web.adoption.practice_schemas import recommend_url, why_of
from web.adoption.practices import Asked
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.rendering import render
from web.searching.choices import PagingDep
from web.writing import entered
from web.writing.form_values import whole

router = APIRouter(prefix="/practices")

_KNOWN_PROJECTS = 500
_HISTORY = 50
_MAX_FIELDS = 200


@router.get("")
def overview(
    session: SessionDep, principal: PrincipalDep, wanted: PagingDep, area: KnowledgeArea | None = None
) -> HTMLResponse:
    """All practices, or those of one knowledge area."""
    practice = {FacetName.KIND: (str(Kind.PRACTICE),)}
    chosen = Filters(practice | ({FacetName.AREA: (str(area),)} if area else {}))
    total = items.count(session, principal, chosen)
    counts = facets.count_all(session, principal, Filters(practice)).get(FacetName.AREA, ())
    return page(
        "practices.html",
        section="practice",
        area=area,
        areas=sorted(counts, key=lambda one: label(one.value)),
        practices=items.browse(session, principal, chosen, offset=wanted.offset, limit=wanted.size),
        assessments=records.listed(session, principal, limit=5),
        longest=MAX_LENGTH,
        total=total,
        number=wanted.page,
        pages=wanted.pages(total),
        page_url=paged("/practices", area=area),
    )


@router.get("/recommend")
def recommend(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    situation: Annotated[str, Query(max_length=MAX_LENGTH)] = "",
    need: Annotated[list[str] | None, Query(max_length=practices.MAX_CONCERNS)] = None,
    assessment: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> HTMLResponse:
    """The practices that fit a situation, the gaps of an assessment, or both; without either, a form."""
    asked = Asked(situation, tuple(need or ()), assessment)
    answer = None
    if situation.strip() or any(text.strip() for text in asked.needs) or assessment is not None:
        answer = practices.recommend(services, session, principal, asked)
    return page(
        "recommend.html",
        section="practice",
        asked=asked,
        answer=answer,
        reasons=[why_of(advice, answer) for advice in answer.advice] if answer else [],
        text=_html,
        assessments=records.listed(session, principal, limit=_HISTORY),
        longest=MAX_LENGTH,
        fulfilments=list(Fulfilment),
    )


def _html(markdown: str) -> Markup:
    return render(markdown).html


@router.get("/assess")
def begin(session: SessionDep, principal: PrincipalDep, subject: str = "") -> HTMLResponse:
    """The questionnaire; of a project that answered before, with what it said last."""
    past = records.listed(session, principal, subject=subject, limit=_HISTORY) if subject.strip() else []
    return page(
        "assess.html",
        section="practice",
        subject=subject,
        past=past,
        areas=by_area(),
        answers=past[0].said.answers if past else {},
        target=past[0].said.target if past else USUAL_TARGET,
        highest=HIGHEST,
        projects=projects.listed(session, principal, offset=0, limit=_KNOWN_PROJECTS),
        classifications=cleared(principal),
        longest=MAX_SUBJECT,
    )


async def _entered(request: Request) -> dict[str, str]:
    return dict(await entered.pairs(request, _MAX_FIELDS))


@router.post("/assess")
def assess(
    form: Annotated[dict[str, str], Depends(_entered)], session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Keep the answers and lead to the practices that close the gaps."""
    keys = {question.key for questions in by_area().values() for question in questions}
    answers = {key: whole(form[key]) for key in keys if form.get(key, "").strip()}
    draft = AssessmentDraft(
        form.get("subject", ""),
        answers,
        whole(form.get("target", str(USUAL_TARGET))),
        term(Classification, form.get("classification", "")) or Classification.INTERNAL,
    )
    kept = records.keep(session, principal, draft)
    return RedirectResponse(recommend_url(kept.number), status_code=303)
