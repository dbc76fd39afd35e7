"""Forms whose fields are not known beforehand, as they were typed."""

from starlette.requests import Request


async def pairs(request: Request, most: int) -> list[tuple[str, str]]:
    """Name and text of each field, at most *most* of them, in their order; files are left out."""
    form = await request.form(max_fields=most, max_files=0)
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


async def lists(request: Request, most: int) -> dict[str, list[str]]:
    """As *pairs*, all texts of a name together."""
    found: dict[str, list[str]] = {}
    for name, value in await pairs(request, most):
        found.setdefault(name, []).append(value)
    return found
