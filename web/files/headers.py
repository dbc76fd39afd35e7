"""Headers of every response."""

_RESPONSE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What browsers must and must not do with what is given."""

_HTTPS_ALONE = {"Strict-Transport-Security": "max-age=31536000"}
"""For a year. Not of other hosts below this name: they may not be ours to speak for."""


def response_headers(*, https: bool) -> dict[str, str]:
    """Headers of every response of a server that people open by *https*, or not."""
    return _RESPONSE_HEADERS | (_HTTPS_ALONE if https else {})


def attachment(name: str) -> dict[str, str]:
    """Headers of a file that is saved under *name*, and kept nowhere on its way."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
