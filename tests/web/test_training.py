"""The catalogue of training: listed, filtered and counted on a page, over the API and on the command line."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.access import ANONYMOUS, LOCAL_USER, Principal
from kb.database import transaction
from kb.learning import listing, prerequisites
from kb.learning.catalogue import Offer, offers
from kb.learning.listing import NOT_STATED, Asked, Aspect
from kb.values import ItemDraft, ItemId, Locator, PassageDraft, Taught, TrainingFields
from kb.vocabulary import Classification, Kind, OfferState, TrainingFormat, TrainingLevel
from tests.samples import store
from tests.web.commands import kb
from tests.web.test_pages import one, opened
from web import wiring
from web.app import create_app
from web.base import work
from web.pictures import prerequisites as pictures
from web.wiring import Services

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def course(title: str, *, public: bool = True, review: date | None = None, **fields: object) -> ItemDraft:
    body = f"{title} is taught here."
    return ItemDraft(
        Kind.TRAINING,
        title,
        body,
        TrainingFields(**fields),  # pyright: ignore[reportArgumentType] - as the tests give them
        key=title,
        passages=(PassageDraft((), body, Locator(0, len(body))),),
        language="en" if public else "fr",
        classification=Classification.PUBLIC if public else Classification.CONFIDENTIAL,
        review_date=review,
    )


COURSES = [
    course(
        "Boards that decide",
        provider="Harbour",
        level=TrainingLevel.FOUNDATION,
        format=TrainingFormat.COURSE,
        hours=7.5,
        cost=450,
        currency="GBP",
        competences=(Taught("Governance", 3), Taught("Teamwork", 1)),
        leads_to="Board certificate",
        offered_until=TODAY - DAY,
        reviewed_on=date(2025, 1, 1),
        review=TODAY - DAY,
    ),
    course(
        "Budgets </script><b>", provider="Harbour", hours=2, cost=0, competences=(Taught("Governance", 2),)
    ),
    course("Contracts", provider="Quay", level=TrainingLevel.EXPERT, hours=41, offered_from=TODAY + DAY),
    course("Secret bids", public=False, provider="Quay", level=TrainingLevel.EXPERT, cost=1001, review=TODAY),
]
ANYBODY = Principal("ann", Classification.PUBLIC)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Services]:
    """A base of four courses, one of them confidential, indexed. Tests only read it."""
    data = tmp_path_factory.mktemp("shelf") / "data"
    data.mkdir()
    (data / "models").symlink_to(encoders)
    built = wiring.build(wiring.Settings(data=data))
    work.prepare(built)
    with transaction(built.sessions) as session:
        store(session, *COURSES)
    work.sync(built)
    yield built
    built.close()


@pytest.fixture(scope="module")
def browsing(shelf: Services) -> Iterator[TestClient]:
    with TestClient(create_app(shelf), base_url="http://localhost", follow_redirects=False) as client:
        yield client


def values(offer: Offer, aspect: Aspect) -> set[str]:
    """What a course has of an aspect, worked out one by one."""
    plain = {
        Aspect.LEVEL: offer.level,
        Aspect.FORMAT: offer.format,
        Aspect.LANGUAGE: offer.language,
        Aspect.PROVIDER: offer.provider,
        Aspect.CERTIFICATION: offer.leads_to,
        Aspect.OFFER: offer.state(TODAY),
    }
    match aspect:
        case Aspect.COMPETENCE:
            return {taught.name.lower() for taught in offer.teaches}
        case Aspect.HOURS:
            return {band(offer.hours, {"to_2": 2, "to_8": 8, "to_40": 40}, "over_40")}
        case Aspect.COST:
            limits = {"free": 0, "to_100": 100, "to_500": 500, "to_1000": 1000}
            return {band(offer.cost, limits, "over_1000")}
        case Aspect.REVIEW:
            if offer.review_date is None:
                return {NOT_STATED}
            return {"overdue" if offer.review_date < TODAY else "current"}
        case _:
            return {str(plain[aspect] or NOT_STATED)}


def band(number: float | None, limits: dict[str, int], beyond: str) -> str:
    if number is None:
        return NOT_STATED
    return next((name for name, limit in limits.items() if number <= limit), beyond)


KNOWN = [
    "harbour",
    "quay",
    "governance",
    "foundation",
    "expert",
    "to_2",
    "to_8",
    "free",
    "overdue",
    "expired",
    "none",
]
CHOSEN = st.dictionaries(
    st.sampled_from(Aspect), st.lists(st.sampled_from(KNOWN), max_size=3).map(tuple), max_size=3
)


@settings(max_examples=60, deadline=None)
@given(chosen=CHOSEN, reader=st.sampled_from([LOCAL_USER, ANYBODY, ANONYMOUS]))
def test_lists_and_counts_are_those_of_looking_at_every_course(
    shelf: Services, chosen: dict[Aspect, tuple[str, ...]], reader: Principal
) -> None:
    asked = Asked(TODAY, chosen)
    with shelf.sessions() as session:
        every = offers(session, reader)
        found = listing.page(session, reader, asked, offset=0, limit=10)
        counts = listing.counts(session, reader, asked)
        total = listing.count(session, reader, asked)

    def fits(offer: Offer, besides: Aspect | None = None) -> bool:
        return all(
            {value.lower() for value in values(offer, aspect)} & set(wanted)
            for aspect, wanted in chosen.items()
            if wanted and aspect is not besides
        )

    assert [offer.title for offer in found] == sorted(offer.title for offer in every if fits(offer))
    assert total == len(found)
    for aspect in Aspect:
        told = [value for offer in every if fits(offer, aspect) for value in values(offer, aspect)]
        assert {one.value: one.count for one in counts[aspect]} == {
            value: told.count(value) for value in told
        }


def test_the_page_filters_searches_and_marks_what_is_expired_or_overdue(browsing: TestClient) -> None:
    page = opened(browsing, "/training?provider=Harbour&page_size=1")
    assert "2 courses" in one(page, ".total").get_text()
    first = one(page, ".courses li")
    assert [state.get_text() for state in first.select(".state")] == ["Expired", "Overdue for review"]
    assert "7.5 hours · 450 GBP" in first.get_text()
    assert page.select_one("a[rel=next][href='/training?provider=Harbour&page_size=1&page=2']")
    assert [chip["href"] for chip in page.select(".chips a")] == ["/training?page_size=1"] * 2
    words = opened(browsing, "/training?q=contracts")
    assert one(words, ".courses .what a").get_text() == "Contracts"
    assert opened(browsing, "/training?q=year:next", 400).select_one(".notice.bad")


def test_a_course_is_given_as_schema_org_has_it_and_comes_back_the_same(
    browsing: TestClient, services: Services, tmp_path: Path
) -> None:
    answer = browsing.get("/training.jsonld?provider=Harbour")
    assert answer.headers["content-type"] == "application/ld+json"
    boards, budgets = answer.json()["@graph"]
    assert (boards["timeRequired"], boards["offers"]) == (
        "PT7H30M",
        {"@type": "Offer", "price": 450.0, "priceCurrency": "GBP"},
    )
    ref = boards["courseCode"]
    assert browsing.get(f"/api/v1/training/{ref}").json()["course"]["@id"] == f"http://localhost/items/{ref}"
    page = opened(browsing, f"/items/{budgets['courseCode']}")
    assert (
        json.loads(one(page, "script[type='application/ld+json']").get_text())["name"]
        == "Budgets </script><b>"
    )
    file = tmp_path / "courses.jsonld"
    file.write_bytes(answer.content)
    data = services.settings.data
    kb(data, "training", "import", str(file))
    with services.sessions() as session:
        back = {offer.title: offer for offer in offers(session, LOCAL_USER)}
    same = back["Boards that decide"]
    assert (same.teaches, same.hours, same.leads_to, same.offered_until, same.reviewed_on) == (
        (Taught("Governance", 3), Taught("Teamwork", 1)),
        7.5,
        "Board certificate",
        TODAY - DAY,
        date(2025, 1, 1),
    )
    again = json.loads(kb(data, "training", "import", str(file), "--json").stdout)
    assert again["items"] == {"added": 0, "updated": 0, "unchanged": 2, "withdrawn": 0}


def test_the_api_and_the_command_give_the_same(shelf: Services, browsing: TestClient) -> None:
    given_out = browsing.get("/api/v1/training?hours=to_8&hours=to_2&page_size=1").json()
    assert (given_out["total"], given_out["pages"], given_out["items"][0]["title"]) == (
        2,
        2,
        "Boards that decide",
    )
    assert {one["value"]: one["count"] for one in given_out["facets"]["hours"]} == {
        "to_8": 1,
        "to_2": 1,
        "over_40": 1,
        "none": 1,
    }
    data = shelf.settings.data
    printed = kb(
        data, "training", "list", "--filter", "hours=to_8", "--filter", "hours=to_2", "--limit", "1", "--json"
    )
    assert json.loads(printed.stdout) == given_out
    assert "Boards that decide" in kb(data, "training", "list", "boards", "decide").stdout
    ref = given_out["items"][0]["ref"]
    assert "teaches: Governance, level 3" in kb(data, "training", "show", ref).stdout
    assert "is not ASPECT=VALUE" in kb(data, "training", "list", "--filter", "colour=red", code=2).stderr
    assert "hours=ages" in kb(data, "training", "list", "--filter", "hours=ages", code=2).stderr
    assert browsing.get("/api/v1/training/NOPE").status_code == 404
    assert given_out["items"][0]["offer"] == OfferState.EXPIRED


def test_what_comes_before_is_drawn_in_layers_and_told_in_a_table(reading: TestClient) -> None:
    page = opened(reading, "/items/HS-C-112")
    boxes = page.select("figure.graph a")
    assert [str(box["href"]) for box in boxes] == ["/items/HS-C-111", "/items/HS-C-112"]
    assert "chosen" in (boxes[1].get("class") or [])
    rows = page.select("section[aria-labelledby=before] tbody tr")
    assert [[cell.get_text() for cell in row.select("th, td:last-child")] for row in rows] == [
        ["APM Project Management Qualification (PMQ)", "–"],
        ["APM Project Professional Qualification (PPQ)", "APM Project Management Qualification (PMQ)"],
    ]
    told = reading.get("/api/v1/training/HS-C-112/prerequisites").json()
    assert [(one["ref"], one["layer"], one["after"]) for one in told["courses"]] == [
        ("HS-C-111", 0, []),
        ("HS-C-112", 1, ["HS-C-111"]),
    ]
    competence = reading.get("/api/v1/competences/governance%20and%20decision-making/prerequisites").json()
    assert {"HS-C-111", "HS-C-112"} <= {one["ref"] for one in competence["courses"]}
    assert opened(reading, "/competences/governance and decision-making").select("figure.graph a.chosen")
    refused = reading.get("/api/v1/training/HS-C-999/prerequisites")
    assert refused.status_code == 404


def offer(ref: str, *before: str) -> Offer:
    return Offer(ItemId(1), ref, f"Course {ref}", "", None, None, 1, None, "", "en", (), before, "")


EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda e: e[0] != e[1]), unique=True)


@given(edges=EDGES)
def test_layers_follow_what_comes_first_and_cycles_are_named(edges: list[tuple[int, int]]) -> None:
    every = [offer(f"C-{n}", *(f"C-{first}" for first, then in edges if then == n)) for n in range(10)]
    graph = prerequisites.graph(every)
    layer = {one.ref: number for number, found in enumerate(graph.layers) for one in found}
    assert set(layer) == {one.ref for one in every}
    reached = {ref: {ref} for ref in layer}
    for _ in layer:
        for first, then in graph.edges:
            reached[then] |= reached[first]
    waiting = {(a, b) for a in layer for b in layer if a != b and a in reached[b] and b in reached[a]}
    assert bool(graph.cycles) == bool(waiting)
    for ring in graph.cycles:
        assert all(pair in graph.edges for pair in zip(ring, (*ring[1:], ring[0]), strict=True))
    if not graph.cycles:
        assert all(layer[first] < layer[then] for first, then in graph.edges)
        near = {first: [layer[t] for f, t in graph.edges if f == first] for first, _ in graph.edges}
        assert all(min(after) == layer[first] + 1 for first, after in near.items())


def test_ten_prerequisites_fit_beside_each_other_and_nothing_overlaps() -> None:
    every = [offer(f"C-{n}") for n in range(10)] + [offer("C-10", *(f"C-{n}" for n in range(10)))]
    drawn = pictures.draw(prerequisites.graph(every), "C-10")
    assert drawn is not None
    assert (drawn.width, drawn.height) == (472, 804)
    assert len({(box.x, box.y) for box in drawn.boxes}) == 11
    assert [box.offer.ref for box in drawn.boxes if box.chosen] == ["C-10"]
    assert pictures.draw(prerequisites.graph(every[:1])) is None


def test_courses_that_wait_for_each_other_are_an_error_on_the_page(
    client: TestClient, services: Services
) -> None:
    second = replace(course("Second", prerequisites=("First",)), external_ref="ABC-2")
    pair = [course("First", prerequisites=("ABC-2",)), second]
    with transaction(services.sessions) as session:
        store(session, *pair)
        ref = next(one.ref for one in offers(session, LOCAL_USER) if one.title == "First")
    said = one(opened(client, f"/items/{ref}"), "section[aria-labelledby=before] .notice.bad").get_text()
    assert "These courses wait for each other" in said


def test_a_certification_tells_what_leads_to_it_what_it_requires_and_how_it_is_kept(
    reading: TestClient, library: Services
) -> None:
    pmp = reading.get("/api/v1/certifications/PMP").json()
    assert (pmp["ref"], pmp["led_by"], pmp["renewal"]) == (
        "HS-C-131",
        ["HS-C-109"],
        "60 PDUs in each three-year cycle",
    )
    assert pmp["conditions"][0].startswith("36 months of leading projects")
    foundation = reading.get("/api/v1/certifications/HS-C-121").json()
    assert (foundation["requires"], foundation["followed_by"]) == ([], ["HS-C-122"])
    page = opened(reading, "/certifications/HS-C-122")
    assert page.select("section[aria-labelledby=requires] figure.graph a.chosen")
    assert "Every three years" in one(page, "main > div > dl.facts").get_text()
    every = opened(reading, "/certifications").select("ul.rows li")
    assert len(every) == len(reading.get("/api/v1/certifications").json()) >= 73
    data = library.settings.data
    shown = kb(data, "certification", "show", "pmp").stdout
    assert "led to by: HS-C-109" in shown
    assert "renewal: 60 PDUs" in shown
    assert json.loads(kb(data, "certification", "show", "PMP", "--json").stdout) == pmp
    assert "2. HS-C-112" in kb(data, "training", "before", "HS-C-112").stdout
    assert reading.get("/api/v1/certifications/nothing").status_code == 404
