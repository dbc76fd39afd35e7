"""Links from one page of results to the others."""

from fastapi import Request, Response


def add_links(request: Request, response: Response, page: int, pages: int) -> None:
    """Add a Link header (RFC 8288) with the first, previous, next and last page."""
    wanted = {"first": 1, "last": pages}
    if 1 < page <= pages:
        wanted["prev"] = page - 1
    if page < pages:
        wanted["next"] = page + 1
    addresses = {name: request.url.include_query_params(page=number) for name, number in wanted.items()}
    response.headers["Link"] = ", ".join(
        f'<{address.path}?{address.query}>; rel="{name}"' for name, address in addresses.items()
    )
