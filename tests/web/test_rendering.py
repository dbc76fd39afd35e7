import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from kb.text import references
from web.rendering import Part, parts, render


def soup(text: str, **options: Any) -> BeautifulSoup:
    return BeautifulSoup(render(text, **options).html, "html.parser")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "![x](https://elsewhere.example/track.png)",
        '<a href="javascript:x" onclick="x">y</a>',
        "<svg/onload=alert(1)>",
        "`<script>alert(1)</script>`",
        '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
        "| <iframe src=x> |\n|---|\n| <style>*{}</style> |",
    ],
)
def test_nothing_that_runs_or_loads_survives(hostile: str) -> None:
    page = soup(hostile)
    assert not page.find_all(["script", "img", "svg", "iframe", "style", "object", "embed"])
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("style", "src")]
        assert str(tag.get("href", "https:")).startswith(("http:", "https:", "mailto:"))


@given(st.text(alphabet="<>[]()!`*_#|-\"'&:;/\\ \nabjs", max_size=200))
def test_whatever_is_written_only_known_tags_come_out(text: str) -> None:
    for tag in soup(text).find_all(True):
        assert tag.name not in ("script", "img", "iframe", "style", "form", "input", "html", "body")
        assert set(tag.attrs) <= {"class", "id", "href", "title", "rel", "start"}


def test_relative_links_lose_their_link_but_keep_their_words() -> None:
    page = soup("See [the plan](../plan.md) and [the report](https://a.example/r).")
    assert page.get_text().strip() == "See the plan and the report."
    assert [link["href"] for link in page.find_all("a")] == ["https://a.example/r"]


def test_pictures_are_named_not_loaded() -> None:
    assert soup("![a chart](chart.png)").get_text().strip() == "Picture: a chart"


def test_headings_begin_at_the_second_rank_and_are_listed() -> None:
    rendered = render("# One\n\ntext\n\n### Deep\n\n# Two *words*\n")
    assert [heading.text for heading in rendered.headings] == ["One", "Two words"]
    page = BeautifulSoup(rendered.html, "html.parser")
    assert [tag.name for tag in page.find_all(re.compile("h[1-6]"))] == ["h2", "h4", "h2"]
    assert page.find(id=rendered.headings[1].anchor).get_text() == "Two words"  # pyright: ignore[reportOptionalMemberAccess]


def test_a_heading_that_repeats_the_title_is_left_out() -> None:
    assert soup("# The  Title\n\ntext", title="the title").get_text().strip() == "text"


def cited_by(text: str, quoted: str) -> list[str]:
    start = text.index(quoted)
    page = soup(text, cited=Part(start, start + len(quoted)))
    assert len(page.find_all(id="cited")) == 1
    assert page.find_all(class_="cited")[0].get("id") == "cited"
    return [tag.get_text().strip() for tag in page.find_all(class_="cited")]


TEXT = """## Event

First paragraph.

Second paragraph.

- one
- two

  more of two

| a | b |
|---|--:|
| 1 | 2 |
| 3 | 4 |

```
code
```
"""


def test_the_cited_paragraph_is_marked_and_no_other() -> None:
    assert cited_by(TEXT, "Second paragraph.") == ["Second paragraph."]


def test_a_cited_stretch_marks_every_block_in_it() -> None:
    assert cited_by(TEXT, "First paragraph.\n\nSecond paragraph.") == [
        "First paragraph.",
        "Second paragraph.",
    ]


def test_a_cited_row_of_a_table_is_marked() -> None:
    assert [found.split() for found in cited_by(TEXT, "| 3 | 4 |")] == [["3", "4"]]


def test_a_cited_item_of_a_tight_list_is_marked_as_a_whole() -> None:
    assert cited_by("- one\n- two\n- three\n", "two") == ["two"]


def test_code_can_be_cited() -> None:
    assert cited_by(TEXT, "code\n") == ["code"]


def test_a_heading_is_cited_when_there_is_nothing_else() -> None:
    assert cited_by("# Only a heading\n", "Only a heading") == ["Only a heading"]


def test_words_are_marked_in_text_and_not_in_addresses() -> None:
    def dates(text: str) -> list[tuple[int, int]]:
        return [(found.start(), found.end()) for found in re.finditer("date", text)]

    page = soup("The *date* [date](https://a.example/date)", mark=dates)
    assert [mark.get_text() for mark in page.find_all("mark")] == ["date", "date"]
    assert page.a is not None
    assert page.a["href"] == "https://a.example/date"


def test_aligned_columns_need_no_inline_style() -> None:
    page = soup("| a |\n|--:|\n| 1 |")
    assert [tag["class"] for tag in page.find_all(["th", "td"])] == [["right"], ["right"]]


@given(st.text(alphabet="ab \n", max_size=400), st.integers(min_value=4, max_value=50))
def test_parts_lose_nothing_and_overlap_nowhere(text: str, length: int) -> None:
    found = parts(text, length)
    assert "".join(text[part.start : part.end] for part in found) == text
    assert all(part.end - part.start <= length * 1.25 for part in found)


def test_references_that_are_known_lead_to_their_items() -> None:
    text = "See HS-L-001 and [HS-L-001](https://a.example), HS-L-002, `HS-L-001`, XHS_L-0011."
    assert references(text) == {"HS-L-001", "HS-L-002"}
    html = str(render(text, links={"HS-L-001": "/items/HS-L-001"}).html)
    assert html.count('<a href="/items/HS-L-001"') == 1
    assert html.count("HS-L-001") == 4
    assert "HS-L-002</a>" not in html
