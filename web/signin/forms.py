"""The page on which one signs in."""

from fastapi.responses import HTMLResponse

from kb.settings import Settings
from web.layout import page


def sign_in_page(
    settings: Settings, following: str, *, status: int = 200, fault: str = "", login: str = ""
) -> HTMLResponse:
    """A form that leads to *following*; says what is at *fault* and keeps *login*."""
    return page(
        "sign_in.html",
        status=status,
        following=following,
        fault=fault,
        login=login,
        provider=settings.oidc.name if settings.oidc.configured else "",
    )
