"""Nobody outside its groups learns that what is kept to groups exists: every route is walked."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.access import LOCAL_USER, PERMISSIONS, Permission
from kb.database import transaction
from kb.people import groups, restrictions
from kb.people.restrictions import Extent
from kb.settings import Settings
from kb.values import ItemDraft
from kb.vocabulary import Classification, Role, Status
from tests.samples import lesson, store
from tests.web.commands import kb
from tests.web.roles import client_of
from web import wiring
from web.app import create_app
from web.base import work
from web.wiring import Services

HIDDEN = "Quokka"
"""A word of everything that is kept from the reader, and of nothing else."""


ENDLESS = re.compile(r"/events\b")
MANY = tuple(role for role in Role if Permission.ADMINISTER not in PERMISSIONS[role])
"""Who administers sees how large the whole base is."""


def shown(services: Services) -> None:
    with transaction(services.sessions) as session:
        for name in ("Alpha", "Beta"):
            groups.add(session, LOCAL_USER, name)
        store(
            session,
            lesson(
                "Cables came late",
                "The supplier delivered late.",
                ref="C-1",
                project="Harbour",
                status=Status.ENDORSED,
            ),
            lesson("Drums were missing", "The supplier sent no drums.", ref="C-2", project="Bridge"),
        )


def kept(ref: str, **changes: Any) -> ItemDraft:
    return lesson(
        f"{HIDDEN} cables came late",
        f"The {HIDDEN} supplier delivered the cables late.",
        key=ref,
        ref=ref,
        status=Status.ENDORSED,
        tags=(HIDDEN.lower(),),
        **dict.fromkeys(("organisation", "owner", "contributor"), HIDDEN),
        **changes,
    )


def hidden(services: Services) -> None:
    with transaction(services.sessions) as session:
        store(
            session,
            kept("H-1"),
            kept("H-2", project=f"{HIDDEN} port"),
            kept("H-4", classification=Classification.CONFIDENTIAL),
            location=f"/files/{HIDDEN}.csv",
        )
        store(session, kept("H-3"), location=f"/srv/{HIDDEN}.csv", digest="b" * 64)
        restrictions.keep(session, LOCAL_USER, Extent.ITEM, "H-1", ["Alpha"])
        restrictions.keep(session, LOCAL_USER, Extent.PROJECT, f"{HIDDEN} port", ["Alpha"])
        restrictions.keep(session, LOCAL_USER, Extent.PLACE, "/srv/", ["Alpha"])


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[tuple[Services, Services]]:
    """Two bases that differ in what is kept from most people alone: the first has it."""
    built = [base(tmp_path_factory.mktemp(name), encoders) for name in ("with", "without")]
    hidden(built[0])
    for services, refs in zip(built, (("C-1", "H-1"), ("C-1",)), strict=True):
        work.sync(services)
        use(services, refs)
    yield built[0], built[1]
    for services in built:
        services.close()


def use(services: Services, refs: Sequence[str]) -> None:
    """What people do with items, of which lists and figures are made."""
    with TestClient(create_app(services), base_url="http://localhost") as local:
        for ref in refs:
            project = "Harbour" if ref == "C-1" else f"{HIDDEN} works"
            for deed, said in (
                ("applications", {"project": project, "reason": "We did."}),
                ("comments", {"text": f"Seen in {project}"}),
                (
                    "actions",
                    {"what": f"Tell {project}", "target": "process", "owner": project, "due": "2030-01-01"},
                ),
            ):
                answer = local.post(f"/api/v1/items/{ref}/{deed}", json=said)
                assert answer.is_success, answer.text
        local.get("/api/v1/search?q=supplier+delivered+cables")


def base(folder: Path, encoders: Path) -> Services:
    (folder / "models").symlink_to(encoders)
    services = wiring.build(Settings(data=folder))
    work.prepare(services)
    shown(services)
    return services


PATH = {"ref": ("H-1", "C-1"), "number": ("1", "2"), "slug": ("x",)}
QUERY = ("", "?q=supplier+delivered+cables&format=csv")
UNLIKE = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)?|\d+ \w+ \d{4}, \d\d:\d\d|0\.\d+|\d+ % relevant|[0-9a-f-]{32,}"
)
"""What differs between two bases that say the same: moments, tokens, scores (for which all words count)."""


def paths(app: Any) -> list[str]:
    """Of everything that can be read: what the API describes, and the pages."""
    described = app.openapi()["paths"]
    routers: list[Any] = [one.original_router for one in app.routes if hasattr(one, "original_router")]
    pages = [route for router in routers if not router.tags for route in router.routes]
    return [
        *(path for path, methods in described.items() if "get" in methods),
        *(route.path.replace(":path}", "}") for route in pages if "GET" in route.methods),
    ]


def addresses(app: Any) -> list[str]:
    """Every address that can be read, with each of some values in the place of what it asks for."""
    found: list[str] = []
    for path in paths(app):
        names = re.findall(r"\{(\w+)\}", path)
        if ENDLESS.search(path):
            continue
        if not names:
            found += [path + query for query in QUERY]
        for value in PATH.get(names[0], ("1", "C-1")) if names else ():
            found.append(re.sub(r"\{\w+\}", "1", re.sub(r"\{\w+\}", value, path, count=1)))
    return found


def test_who_is_in_no_group_can_not_tell_that_anything_is_kept_from_them(
    bases: tuple[Services, Services],
) -> None:
    clients = [client_of(services, "stranger", *MANY, groups=["Beta"]) for services in bases]
    with clients[0] as having, clients[1] as lacking:
        seen = [(address, told(having, address), told(lacking, address)) for address in addresses(having.app)]
    assert not [address for address, answer, _ in seen if HIDDEN in answer]
    assert not [(address, *both) for address, *both in seen if not alike(*both)]
    assert sum(answer.startswith("200") for _, answer, _ in seen) > len(seen) / 3


def alike(one: str, other: str) -> bool:
    """Whether they differ in nothing but what differs between two bases that say the same."""
    return one == other or UNLIKE.sub("~", one) == UNLIKE.sub("~", other)


def told(client: TestClient, address: str) -> str:
    """What is answered there, when it is settled, without where the base lies."""
    answer = client.get(address)
    for _ in range(200):
        if "Themes are being found" not in answer.text:
            break
        sleep(0.05)  # themes are found beside the server's own work
        answer = client.get(address)
    app: Any = client.app
    said = answer.text.replace(str(app.state.services.settings.data), "DATA")
    return f"{answer.status_code} {said}"


def test_a_member_of_the_group_reads_what_is_kept_for_it(bases: tuple[Services, Services]) -> None:
    with client_of(bases[0], "member", Role.READER, groups=["Alpha"]) as member:
        for address in (
            "/?q=supplier",
            "/api/v1/search?q=supplier",
            "/api/v1/items/H-1",
            "/feed",
            "/lessons",
        ):
            assert HIDDEN in member.get(address).text
        opened = [member.get(f"/items/H-{number}").status_code for number in range(1, 5)]
    assert opened == [200, 200, 200, 404]


def test_programs_keep_things_to_groups_and_lift_that(browsing: TestClient, shelf: Services) -> None:
    with transaction(shelf.sessions) as session:
        groups.add(session, LOCAL_USER, "Alpha")
    wanted = {"extent": "project", "subject": "Portal", "groups": ["alpha"]}
    answer = browsing.post("/api/v1/restrictions", json=wanted)
    kept = answer.json()
    assert answer.status_code == 201
    assert kept | {"number": 0} == {**wanted, "groups": ["Alpha"], "number": 0, "items": 2}
    assert browsing.get(answer.headers["location"]).json() == kept
    assert browsing.get("/api/v1/restrictions").json() == [kept]
    assert "Kept to Alpha, as all of its project" in browsing.get("/items/T-1").text
    with client_of(shelf, "stranger", Role.READER) as stranger:
        assert stranger.get("/items/T-1").status_code == 404
        assert stranger.get("/api/v1/restrictions").status_code == 404
        assert stranger.get("/restrictions").status_code == 404
    assert browsing.delete(answer.headers["location"]).status_code == 204
    assert browsing.get("/api/v1/restrictions").json() == []
    unknown = browsing.post("/api/v1/restrictions", json=wanted | {"groups": ["Gamma"]})
    assert (unknown.status_code, "There is no group 'Gamma'" in unknown.text) == (404, True)


def test_the_page_keeps_things_to_groups_and_lifts_that(browsing: TestClient, shelf: Services) -> None:
    assert "There are no groups yet" in browsing.get("/restrictions").text
    with transaction(shelf.sessions) as session:
        groups.add(session, LOCAL_USER, "Alpha")
    assert 'value="T-1"' in browsing.get("/restrictions?extent=item&subject=T-1").text
    said = {"extent": "item", "subject": "T-1", "group": ["Alpha"]}
    assert browsing.post("/restrictions", data=said).headers["location"] == "/restrictions"
    page = browsing.get("/restrictions").text
    [number] = re.findall(r"/restrictions/(\d+)/lift", page)
    assert 'href="/items/T-1"' in page
    browsing.post(f"/restrictions/{number}/lift")
    assert "Nothing is kept to groups" in browsing.get("/restrictions").text


def test_the_command_line_keeps_things_to_groups(shelf: Services) -> None:
    data = shelf.settings.data
    kb(data, "group", "add", "Alpha")
    kept = kb(data, "access", "keep", "--item", "T-1", "--group", "Alpha")
    assert "item T-1 · Alpha · 1 item" in kept.stdout
    assert "Say what is to be kept" in kb(data, "access", "keep", "--group", "Alpha", code=1).stderr
    [found] = json.loads(kb(data, "access", "list", "--json").stdout)
    kb(data, "access", "lift", str(found["number"]))
    assert "Nothing is kept to groups" in kb(data, "access", "list").stdout
