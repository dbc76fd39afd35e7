"""The page that describes the API."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.http.errors import MEANING
from web.layout import page

router = APIRouter()


@router.get("/api")
def describe(request: Request) -> HTMLResponse:
    """Every operation of the API, from its OpenAPI document."""
    document: dict[str, Any] = request.app.openapi()
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return page("api.html", operations=operations, problems=MEANING)
