"""What only a real browser shows: scrolling, colours, keys, and the security policy at work."""

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from ingest import rewriting
from ingest.report import Options
from kb import drafts
from kb import library as kept
from kb.access import LOCAL_USER, local_user
from kb.database import transaction
from kb.life import actions, applications, changes, lessons
from kb.life.applications import ApplicationDraft
from kb.life.lifecycle import Move
from kb.vocabulary import Outcome, Target
from tests.web import lives
from tests.web.serving import running
from web.base import work
from web.wiring import Services

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = [
    "/",
    "/?q=risk",
    "/?kind=lesson",
    "/?q=%22no+such+phrase%22",
    "/?q=crosrail",
    "/?q=risk+phase:plannning",
    "/items/HS-L-001",
    "/items/HS-T-003",
    "/items/HS-T-003/fill",
    "/items/HS-L-001/versions/1",
    "/searches",
    "/lessons",
    "/lessons/actions",
    "/lessons/changes",
    "/projects",
    "/items/HS-L-001/similar",
    "/imports",
    "/insight/quality",
    "/synonyms",
    "/api",
    "/items/none",
]


@pytest.fixture(scope="module")
def base(library: Services) -> Iterator[str]:
    with running(library) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.set_default_timeout(60_000)  # tests share the machine with other tests
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [said for said in complaints if "404" not in said and "400" not in said] == []


def test_a_stranger_finds_a_lesson_and_lands_on_the_passage(page: Page, base: str) -> None:
    page.goto(base)
    page.keyboard.press("/")
    page.keyboard.type("trains could not run because the opening date was fixed")
    page.keyboard.press("Enter")
    first = page.locator(".hit h2 a").first
    title = first.inner_text()
    first.click()
    page.wait_for_url(re.compile("#cited$"))
    assert page.locator("h1").inner_text() == title
    cited = page.locator("#cited").bounding_box()
    assert cited is not None
    assert 0 <= cited["y"] < 800
    assert page.locator("mark").count() > 0


def test_suggestions_are_chosen_with_the_keyboard(page: Page, base: str) -> None:
    page.goto(f"{base}/?q=risk")
    page.keyboard.press("/")
    page.keyboard.type("fixed open")
    page.wait_for_selector("[role=option]")
    box = page.locator("#q")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    option = page.locator("[role=option][aria-selected=true]")
    assert option.get_attribute("id") == box.get_attribute("aria-activedescendant")
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "fixed open"
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/items/HS-L-001$"))


def test_results_are_walked_with_the_keyboard(page: Page, base: str) -> None:
    page.goto(f"{base}/?q=risk")
    titles = page.locator(".hit h2 a").all_inner_texts()
    focused = "document.activeElement.innerText"
    for key, place in (("j", 0), ("ArrowDown", 1), ("j", 2), ("k", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        assert page.evaluate(focused) == titles[place]
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#cited$"))
    assert page.locator("h1").inner_text() == titles[0]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_scrolls_sideways(page: Page, base: str, address: str) -> None:
    page.goto(base + address)
    for width in (320, 375, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => {
    const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const found = rgba(getComputedStyle(element).backgroundColor);
      if (found[3] === 255) return found;
    }
    return rgba("canvas");
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const pair = [light(rgba(style.color)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const words = walker.currentNode.data.trim().slice(0, 30);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.tagName} ${element.className} ${words}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("address", [*PAGES, "/items/HS-L-001?passage=1&q=date"])
def test_all_text_stands_out_from_its_ground(page: Page, base: str, address: str) -> None:
    page.goto(base + address)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRASTS) == []


def test_the_keyboard_reaches_the_content_first(page: Page, base: str) -> None:
    page.goto(f"{base}/?q=risk")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_text_columns_stay_readable(page: Page, base: str) -> None:
    page.goto(f"{base}/items/HS-L-001")
    size = page.evaluate(
        "() => { const p = document.querySelector('.prose p');"
        " return p.getBoundingClientRect().width / (parseFloat(getComputedStyle(p).fontSize) * 0.5) }"
    )
    assert size <= 90


def test_everything_works_without_javascript(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base)
    page.fill("#q", "risk workshop")
    page.click("form[role=search] button")
    page.locator(".filters a", has_text="Training").first.click()
    page.locator(".hit h2 a").first.click()
    assert page.locator("h1").inner_text()
    context.close()


def test_an_upload_shows_its_progress_and_its_report(page: Page, services: Services, tmp_path: Path) -> None:
    file = tmp_path / "cables.md"
    file.write_text("---\nkind: lesson\ntitle: Cables without drums\n---\n\n## Event\n\nNo drums came.\n")
    with running(services) as address:
        page.goto(f"{address}/imports")
        page.set_input_files("#files", file)
        page.get_by_role("button", name="Import").click()
        page.wait_for_selector("dl.tally", timeout=30_000)
        assert "cables.md" in page.locator("table").inner_text()
        page.goto(f"{address}/?q=drums")
        page.get_by_role("link", name="Cables without drums", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the original").click()
        assert download.value.suggested_filename == "cables.md"


def test_a_search_is_judged_saved_and_downloaded_without_javascript(
    browser: Browser, shelf: Services
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with running(shelf) as address:
        page.goto(f"{address}/?q=late+cables")
        page.locator("#hit-C-1").get_by_role("button", name="Yes").click()
        assert page.url == f"{address}/?q=late+cables#hit-C-1"
        assert (
            page.locator("#hit-C-1").get_by_role("button", name="Yes").get_attribute("aria-pressed") == "true"
        )
        page.get_by_text("Download", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Excel", exact=True).click()
        assert download.value.suggested_filename == "hindsight-late-cables.xlsx"
        page.get_by_text("Save this search").click()
        page.fill("#name", "Cable trouble")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("link", name="Cable trouble").first.click()
        assert page.url == f"{address}/?q=late+cables"
        page.locator("#hit-C-1").get_by_role("link", name="More like this").click()
        assert page.locator("h1").inner_text() == "More like this"
    context.close()


def test_a_template_is_filled_and_downloaded_without_javascript(browser: Browser, services: Services) -> None:
    path = Path(__file__).parents[2] / "corpus" / "templates" / "risk-register.md"
    assert not work.ingest(services, LOCAL_USER, [path], Options()).failed
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with running(services) as address:
        page.goto(f"{address}/items/HS-T-003")
        page.get_by_role("link", name="Fill in").click()
        page.get_by_label("Risk", exact=True).fill("Rain may come")
        page.get_by_label("Type").select_option("Threat")
        page.get_by_label("Action due").fill("2027-02-03")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download for Excel").click()
        assert download.value.suggested_filename == "risk-register-hs-t-003.xlsx"
        sheet = load_workbook(BytesIO(download.value.path().read_bytes()))["Register"]
        assert [sheet[cell].value for cell in ("B2", "C2")] == ["Rain may come", "Threat"]
        assert sheet["L2"].number_format == "yyyy-mm-dd"
    context.close()


@contextmanager
def _person(browser: Browser, address: str, name: str) -> Generator[Page]:
    """A browser in which *name* was given on the page /you, without JavaScript."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/you")
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Use this name").click()
    yield page
    context.close()


def _ask(page: Page, words: str, field: str, said: str) -> None:
    """Open the form *words*, fill in its *field* and send it."""
    asked = page.locator("details.ask", has=page.locator("summary", has_text=re.compile(f"^{words}$")))
    asked.locator("summary").click()
    asked.get_by_label(field).fill(said)
    asked.get_by_role("button", name=words).click()


def _stands(page: Page, address: str) -> str:
    """Where the lesson stands, by the word on its page."""
    page.goto(f"{address}/items/{lives.LESSON}")
    return page.locator("[aria-current=step]").inner_text().removesuffix("now").strip()


def test_three_people_lead_a_lesson_from_review_to_learned_and_back(
    browser: Browser, services: Services
) -> None:
    lives.fill(services)
    with (
        running(services) as address,
        _person(browser, address, "Anna") as anna,
        _person(browser, address, "Bert") as bert,
        _person(browser, address, "Edith") as edith,
    ):
        bert.goto(f"{address}/lessons")
        bert.get_by_role("link", name="Late pumps").click()
        _ask(bert, "Return with a question", "Reason", "Which pumps, and how late?")

        assert _stands(anna, address) == "Returned"
        assert "Which pumps, and how late?" in anna.locator("#history").inner_text()
        with transaction(services.sessions) as session:
            author = local_user("Anna")
            better = rewriting.rewritten(
                drafts.of_item(session, author, lives.LESSON), lives.SAID.replace("late", "34 days late")
            )
            kept.write(session, author, better, lives.LESSON)
        assert _stands(anna, address) == "Returned"
        anna.locator("#history").get_by_role("link", name="What changed in version 2").click()
        assert anna.locator("ins").last.text_content() == "[added: 34 days ]"
        _stands(anna, address)
        anna.get_by_role("button", name="Submit for review").click()

        assert _stands(bert, address) == "Submitted"
        bert.get_by_role("button", name="Endorse").click()
        assert _stands(anna, address) == "Endorsed"
        anna.get_by_label("What is to be done").fill("Ask for the day in the order form")
        anna.get_by_label("Owner").fill("Anna")
        anna.get_by_role("button", name="Add the action").click()
        assert _stands(anna, address) == "In action"
        anna.get_by_role("link", name="Propose a change to a text").click()
        anna.get_by_label(re.compile("^Reference")).fill(lives.TEMPLATE)
        anna.get_by_role("button", name="Choose").click()
        anna.get_by_role("link", name=re.compile("Change paragraph 2")).click()
        anna.get_by_label("What it is to say instead").fill("Delivery: the day.")
        anna.get_by_role("button", name="Propose the change").click()

        edith.goto(f"{address}/items/{lives.TEMPLATE}")
        assert "1 lesson pending" in edith.locator(".notice").inner_text()
        edith.locator(".notice").get_by_role("link").click()
        assert edith.locator(".differing del").text_content() == "[removed: week]"
        edith.get_by_role("button", name="Accept").click()
        edith.goto(f"{address}/items/{lives.TEMPLATE}")
        assert "Delivery: the day. (Lesson L-1)" in edith.locator(".prose").inner_text()
        assert edith.locator(".notice").count() == 0

        _stands(anna, address)
        assert anna.get_by_text("Validate", exact=True).count() == 0
        _stands(bert, address)
        _ask(bert, "Validate", "What shows that it works", "Two orders came in time.")
        bert.get_by_role("button", name="Declare learned").click()
        assert _stands(bert, address) == "Learned"

        with transaction(services.sessions) as session:
            again = ApplicationDraft("Bridge", True, "Late again.", Outcome.RECURRENCE)
            applications.record(session, local_user("Edith"), lives.LESSON, again)
        assert _stands(anna, address) == "Endorsed"
        assert "Happened again" in anna.locator("#history").inner_text()


def test_the_life_of_a_lesson_is_readable_everywhere(page: Page, services: Services) -> None:
    lives.fill(services)
    author = local_user("Anna")
    with transaction(services.sessions) as session:
        lessons.move(session, author, lives.LESSON, Move.ENDORSE)
        number = actions.add(
            session, author, lives.LESSON, what="Ask for the day", target=Target.TEMPLATE, owner="local"
        )
        changes.propose(session, author, number, lives.TEMPLATE, present="Price.", proposed="Pounds.")
    with running(services) as address:
        for path in (
            "/lessons",
            f"/items/{lives.LESSON}",
            f"/items/{lives.TEMPLATE}",
            "/lessons/changes/1",
            f"/lessons/actions/1/propose?target={lives.TEMPLATE}",
            f"/lessons/actions/1/propose?target={lives.TEMPLATE}&paragraph=2",
        ):
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert page.evaluate(CONTRASTS) == []
            for width in (320, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width


EVENT = "Three cooling pumps arrived five weeks late, as nobody had confirmed a date with the supplier."
KEPT = "() => Object.values(localStorage).some((kept) => kept.includes('supplier'))"


def test_typed_text_outlives_a_killed_tab_and_what_is_submitted_is_found(
    browser: Browser, services: Services
) -> None:
    context = browser.new_context()
    with running(services) as address:
        page = context.new_page()
        page.goto(f"{address}/lessons/new")
        page.fill("#title", "Pumps arrived late")
        page.locator("#event").press_sequentially(EVENT)
        page.locator("#phases-delivery").check()
        page.wait_for_function(KEPT)
        with page.expect_event("crash"), suppress(PlaywrightError):
            page.goto("chrome://crash")
        page = context.new_page()
        page.goto(f"{address}/lessons/new")
        assert page.input_value("#event") == ""
        page.get_by_role("button", name="Put it back").click()
        assert page.input_value("#event") == EVENT
        assert page.locator("#phases-delivery").is_checked()
        page.fill("#recommendation", "The buyer confirms the dates with the supplier every month.")
        page.wait_for_selector("#assist .findings")
        page.get_by_role("button", name="Submit for review").click()
        page.wait_for_url(re.compile(r"/items/L-\d+$"))
        assert page.evaluate("Object.keys(localStorage).length") == 0
        link = page.get_by_role("link", name="Pumps arrived late")
        page.goto(f"{address}/?q=cooling+pumps")
        while not link.count():
            page.wait_for_timeout(300)
            page.reload()
        page.goto(f"{address}/lessons/new")
        assert page.locator("[data-offer]").is_hidden()
    context.close()


def test_a_lost_network_loses_no_typed_text(browser: Browser, services: Services) -> None:
    context = browser.new_context()
    page = context.new_page()
    with running(services) as address:
        page.goto(f"{address}/lessons/new")
        page.fill("#title", "Pumps arrived late")
        page.fill("#event", EVENT)
        context.set_offline(True)
        page.get_by_role("button", name="Save draft").click()
        page.wait_for_url("chrome-error://chromewebdata/")
        context.set_offline(False)
        page.goto(f"{address}/lessons/new")
        page.get_by_role("button", name="Put it back").click()
        assert page.input_value("#event") == EVENT
    context.close()


def test_the_form_fits_every_width_and_its_text_stands_out(page: Page, services: Services) -> None:
    with running(services) as address:
        page.goto(f"{address}/lessons/new")
        page.fill("#title", "Pumps arrived late, Mr Brown was to blame")
        page.wait_for_selector("#assist .findings")
        for width in (320, 375, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRASTS) == []


REGISTER = (
    "Ref;Title;What went wrong;Suggestion;Date raised;Priority;A column with quite a long name\n"
    + "".join(
        f"{number};Cables came late;{'The supplier delivered late. ' * number};Order earlier.;;soon;A12\n"
        for number in range(1, 4)
    )
)


def test_a_register_is_looked_at_on_every_width_and_imported(page: Page, services: Services) -> None:
    with running(services) as address:
        page.goto(f"{address}/imports")
        page.set_input_files(
            "#files", [{"name": "log.csv", "mimeType": "text/csv", "buffer": REGISTER.encode()}]
        )
        page.get_by_role("button", name="Import").click()
        page.wait_for_url(re.compile("/preview$"))
        page.select_option("select[name='map:Suggestion']", "recommendation")
        page.get_by_role("button", name="Show again").first.click()
        page.wait_for_load_state()
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        for width in (320, 390, 1200):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRASTS) == []
        page.get_by_role("button", name="Import").first.click()
        page.get_by_text("items added").wait_for()
        assert page.locator(".tally dd").first.inner_text() == "3"
