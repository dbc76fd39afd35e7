"""Synonyms over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from web.api.problems import PROBLEMS
from web.http.deps import PrincipalDep, ServicesDep
from web.searching import synonyms
from web.searching.synonyms import SynonymsOut

router = APIRouter(prefix="/synonyms", tags=["Search"], responses=PROBLEMS)


@router.get("", operation_id="list_synonyms", summary="List synonyms")
def listed(
    services: ServicesDep,
    _principal: PrincipalDep,
    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Only rows with a term that holds these words or begins so; all when empty.",
            examples=["risk log"],
        ),
    ] = "",
) -> SynonymsOut:
    """The words that mean the same, the organisation's own first, and whether its file is sound."""
    return synonyms.read(services.settings.synonyms, [q] if q.strip() else ())
