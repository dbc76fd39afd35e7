"""Headers of every response."""

RESPONSE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What browsers must and must not do with what is given."""


def attachment(name: str) -> dict[str, str]:
    """Headers of a file that is saved under *name*, and kept nowhere on its way."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
