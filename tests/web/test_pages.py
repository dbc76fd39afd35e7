from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient

LESSON = "/items/HS-L-001"


def opened(client: TestClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return BeautifulSoup(answer.text, "html.parser")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, f"{len(found)} of {selector}"
    return found[0]


PAGES = [
    "/",
    "/?q=risk",
    "/?kind=lesson",
    LESSON,
    f"{LESSON}/versions/1",
    "/imports",
    "/lessons/applications",
    "/lessons/reviews",
    "/lessons/disagreements",
    "/lessons/proposals",
    "/items/HS-D-312",
    "/insight",
    "/insight/trends?by=area",
    "/insight/themes",
    "/insight/progress",
    "/insight/coverage",
    "/insight/gaps",
    "/insight/lessons?polarity=negative",
    "/insight/quality",
    "/lessons/sessions",
    "/lessons/sessions/new?kind=project_end",
    "/practices?area=risk",
    "/practices/recommend?situation=scope+grows+by+small+changes",
    "/practices/assess",
    "/competences",
    "/competences/HS-D-129",
    "/roles",
    "/roles/HS-D-153",
    "/learners/assess",
    "/training?level=foundation&format=course",
    "/certifications",
    "/certifications/HS-C-122",
    "/learning?report=HS-C-101",
    "/learning/import",
    "/following",
    "/assign?item=HS-C-101",
    "/readers?item=HS-D-129",
    "/paths?role=Portfolio+manager&start=PMO+manager",
    "/paths/kept",
    "/learners/demands?role=PMO+analyst&practice=HS-P-017",
    "/teach?q=risk+register+nobody+reads",
    "/units",
    "/training-needs",
    "/training-needs?state=accepted",
    "/briefs",
    "/adoption",
    "/adoption/new?practice=HS-P-015&practice=HS-P-064",
    "/synonyms?q=risk",
    "/subscriptions",
    "/subscriptions?q=risk&kind=lesson",
    "/audit",
    "/users",
    "/you",
    "/restrictions",
    "/status",
    "/api",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_heading_a_search_box_and_a_way_past_the_header(
    reading: TestClient, address: str
) -> None:
    page = opened(reading, address)
    assert len(page.find_all("h1")) == 1
    one(page, "form[role=search] input[name=q]")
    assert one(page, "a.skip")["href"] == "#main"
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert page.title is not None
    assert page.title.get_text().endswith("– Hindsight")


@pytest.mark.parametrize("address", PAGES)
def test_no_page_needs_what_the_security_policy_forbids(reading: TestClient, address: str) -> None:
    page = opened(reading, address)
    assert not page.select("[style], style, script:not([src])")
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
    for tag in page.select("script[src], link[href]:not([rel=alternate]), img[src]"):
        assert str(tag.get("src") or tag.get("href")).startswith("/static/")


@pytest.mark.parametrize("address", PAGES)
def test_every_field_has_a_label_and_every_link_a_name(reading: TestClient, address: str) -> None:
    page = opened(reading, address)
    for field in page.select("input:not([type=hidden])"):
        assert page.select(f"label[for={field['id']}]")
    for link in page.find_all("a"):
        assert link.get_text().strip()
        assert link.has_attr("href")  # empty: this page again


@pytest.mark.parametrize("address", PAGES)
def test_links_within_lead_somewhere(reading: TestClient, address: str) -> None:
    page = opened(reading, address)
    within = {str(link["href"]) for link in page.find_all("a") if str(link["href"]).startswith("/")}
    for link in sorted(within)[:40]:
        assert reading.get(link.partition("#")[0]).status_code == 200, link
    for link in page.select("a[href^='#']"):
        assert page.find(id=str(link["href"])[1:]), link


def test_the_home_page_shows_what_is_here(reading: TestClient) -> None:
    page = opened(reading, "/")
    shelves = {tag.get_text(" ", strip=True).rsplit(" ", 1)[0] for tag in page.select(".shelf")}
    assert shelves == {"Lessons", "Practices", "Templates", "Training", "Documents"}
    assert len(page.select(".brief")) == 6


def test_a_result_opens_the_item_at_its_passage(reading: TestClient) -> None:
    page = opened(reading, "/?q=crossrail+opening+date")
    link = page.select(".hit h2 a")[0]
    address = urlsplit(str(link["href"]))
    assert address.path == LESSON
    assert address.fragment == "cited"
    item = opened(reading, f"{address.path}?{address.query}")
    assert item.select("#cited.cited")
    assert item.select(".prose mark")


def test_results_say_what_they_are_where_they_stand_and_why(reading: TestClient) -> None:
    hit = opened(reading, "/?q=crossrail+opening+date").select(".hit")[0]
    assert one(hit, ".badge").get_text() == "Lesson"
    assert "Crossrail" in one(hit, ".byline").get_text()
    assert hit.select(".snippet mark")
    assert one(hit, ".why").get_text().startswith("Matches: ")


def test_filters_are_links_that_add_and_chips_that_take_away(reading: TestClient) -> None:
    page = opened(reading, "/?q=risk")
    add = next(link for link in page.select(".filters a") if "Practices" in link.get_text())
    assert parse_qs(urlsplit(str(add["href"])).query) == {"q": ["risk"], "kind": ["practice"]}
    number = int(one(add, ".count").get_text())
    filtered = opened(reading, str(add["href"]))
    assert one(filtered, ".total").get_text().startswith(f"{number} result")
    chip = filtered.select(".chips a")[0]
    assert parse_qs(urlsplit(str(chip["href"])).query) == {"q": ["risk"]}
    assert one(filtered, "form.box input[name=kind]")["value"] == "practice"


def test_a_filter_written_into_the_query_can_be_taken_away_as_well(reading: TestClient) -> None:
    page = opened(reading, '/?q="risks"+kind:practice+tag:"raid log"')
    chips = {chip.get_text(): str(chip["href"]) for chip in page.select(".chips a")}
    kind = next(href for text, href in chips.items() if "Practices" in text)
    assert parse_qs(urlsplit(kind).query) == {"q": ['"risks" tag:"raid log"']}
    assert one(page, ".filters a.chosen[href*=raid]").get_text().startswith("Practices")
    assert parse_qs(urlsplit(chips["Clear all"]).query) == {"q": ['"risks"']}


def test_an_unwanted_filter_has_a_chip_that_takes_it_away(reading: TestClient) -> None:
    chip = one(opened(reading, "/?q=risk+-kind:training"), ".chips a:not(.plain)")
    assert chip.get_text().startswith("Not kind: Training")
    assert parse_qs(urlsplit(str(chip["href"])).query) == {"q": ["risk"]}


def test_a_query_that_can_not_be_understood_is_shown_with_the_place_marked(reading: TestClient) -> None:
    page = opened(reading, "/?q=risk+phase:plannning&kind=lesson", 400)
    assert one(page, ".asked mark").get_text() == "phase:plannning"
    assert one(page, "form.box input[name=q]")["value"] == "risk phase:plannning"
    assert one(page, "form.box input[name=kind]")["value"] == "lesson"
    corrected = str(one(page, ".fault a")["href"])
    assert parse_qs(urlsplit(corrected).query) == {"q": ["risk phase:planning"], "kind": ["lesson"]}
    assert opened(reading, corrected).select("h1")


def test_a_slip_is_offered_put_right(reading: TestClient) -> None:
    link = one(opened(reading, "/?q=crosrail&kind=lesson"), ".meant a")
    assert parse_qs(urlsplit(str(link["href"])).query) == {"q": ["crossrail"], "kind": ["lesson"]}
    assert not opened(reading, str(link["href"])).select(".meant")


def test_paging_goes_through_all_results(reading: TestClient) -> None:
    address: str | None = "/?kind=lesson&page_size=5"
    seen: list[str] = []
    while address:
        page = opened(reading, address)
        seen += [link.get_text() for link in page.select(".hit h2 a")]
        following = page.select("a[rel=next]")
        address = str(following[0]["href"]) if following else None
    assert len(seen) == len(set(seen)) == reading.get("/api/v1/items?kind=lesson").json()["total"]


def test_what_nothing_answers_well_is_said_so(reading: TestClient) -> None:
    page = opened(reading, "/?q=zzzz+qqqq+xxyyzz")
    assert "Nothing here answers this well." in page.get_text()
    assert page.select(".hit")


def test_what_no_item_matches_comes_with_tips(reading: TestClient) -> None:
    page = opened(reading, "/?q=%22no+such+phrase+anywhere%22&kind=lesson")
    empty = one(page, ".empty")
    assert "Nothing was found" in empty.get_text()
    assert len(empty.find_all("li")) == 3


def test_a_page_that_does_not_exist_leads_to_the_last(reading: TestClient) -> None:
    empty = one(opened(reading, "/?q=risk&page=900"), ".empty")
    assert "There is no page 900" in empty.get_text()
    assert opened(reading, str(one(empty, "a")["href"])).select(".hit")


def test_an_empty_base_says_how_to_begin(client: TestClient) -> None:
    page = opened(client, "/")
    assert "Nothing is here yet" in page.get_text()
    assert page.select("main a[href='/imports']")


def test_an_item_reads_in_its_order_with_its_facts_aside(reading: TestClient) -> None:
    page = opened(reading, LESSON)
    assert [tag.get_text() for tag in page.select(".prose h2")][:4] == [
        "Event",
        "Effect",
        "Causes",
        "Recommendation",
    ]
    facts = {tag.dt.get_text(): tag.dd.get_text() for tag in page.select(".facts > div") if tag.dt and tag.dd}
    assert facts["Reference"] == "HS-L-001"
    assert facts["Experience"] == "Negative"
    assert facts["Sector"] == "Construction, Transport"
    assert facts["Owner"] == "Head of project controls"
    assert facts["Review by"] == "3 May 2027"
    assert facts["Citation"].startswith("National Audit Office")
    assert one(page, "a[download]")["href"] == "/api/v1/items/HS-L-001/file"
    assert page.select(".similar .brief")


def test_a_link_to_a_passage_that_is_gone_says_so(reading: TestClient) -> None:
    page = opened(reading, f"{LESSON}?passage=9999")
    assert "no longer part of the present version" in page.get_text()


def test_training_shows_what_it_teaches(reading: TestClient) -> None:
    page = opened(reading, "/items/HS-C-101")
    rows = [row.get_text(" ", strip=True) for row in page.select("article tbody tr")]
    assert "Life cycle and approach 1 of 5" in rows


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("address", ["/", LESSON, f"{LESSON}?passage=1", "/items/", "/imports/", "/nowhere/"])
def test_html_from_outside_is_only_text(reading: TestClient, address: str) -> None:
    path = address + HOSTILE if address.endswith("s/") else address
    answer = reading.get(path, params={"q": HOSTILE, "tag": HOSTILE} if "?" not in address else {})
    page = BeautifulSoup(answer.text, "html.parser")
    assert all(str(script.get("src")).startswith("/static/") for script in page.find_all("script"))
    assert not page.select("[onerror], img[src=x]")


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/items/none", 404, "There is no item"),
        ("/nowhere", 404, "nothing at this address"),
        ("/?q=" + "x" * 10_000, 400, "characters"),
        ("/?q=before:never", 400, "is not a date"),
        ("/?kind=book", 422, "kind:"),
        ("/?page=0", 422, "page:"),
        (f"{LESSON}?passage=x", 422, "passage:"),
        (f"{LESSON}/versions/7", 404, "has no version 7"),
        ("/static/none.css", 404, "nothing at this address"),
    ],
)
def test_errors_are_pages_with_a_sentence(
    reading: TestClient, address: str, status: int, sentence: str
) -> None:
    page = opened(reading, address, status)
    assert sentence in one(page, "main").get_text()
    one(page, "form[role=search]")


def test_static_files_may_be_kept_for_ever_under_their_present_address(reading: TestClient) -> None:
    sheet = str(one(opened(reading, "/"), "link[rel=stylesheet]")["href"])
    assert "immutable" in reading.get(sheet).headers["cache-control"]
    assert "immutable" not in reading.get("/static/app.css").headers.get("cache-control", "")
