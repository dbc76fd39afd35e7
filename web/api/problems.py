"""How endpoints declare the errors they answer with."""

from typing import Any

from web.http.errors import MEANING

_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses of an endpoint that may answer with *statuses*."""
    return {status: {"description": MEANING[status][1] + ".", "content": _CONTENT} for status in statuses}


PROBLEMS = problems(400, 401, 422, 503)
"""What any endpoint may answer with."""
