"""Each format: what its reader keeps, and what is made of it."""

import stat
from datetime import date
from pathlib import Path

import pytest

from ingest import hypertext, reading
from ingest.reading import Reading, Task
from ingest.recognise import Names
from kb.errors import InvalidError
from kb.settings import Limits
from kb.values import DocumentFields, ItemDraft, LessonFields, PracticeFields, TemplateFields, TrainingFields
from kb.vocabulary import DocumentKind, Kind, KnowledgeArea, Phase, Polarity, TrainingLevel
from tests.ingest import making


def _read(tmp_path: Path, name: str, content: str | bytes, *folders: str) -> Reading:
    path = tmp_path / "bytes"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return reading.read(Task(path, Names(name, folders), Limits(), {}))


def _item(tmp_path: Path, name: str, content: str | bytes, *folders: str) -> ItemDraft:
    (draft,) = _read(tmp_path, name, content, *folders).drafts
    return draft


def test_our_front_matter_is_understood_whole(tmp_path: Path) -> None:
    draft = _item(
        tmp_path,
        "x.md",
        "---\nkind: lesson\nref: HS-L-9\ntitle: Late pump\nknowledge_areas: [risk, unheard of]\n"
        "phases: [planning]\n"
        "polarity: negative\ndate: 2024-05-01\nclassification: public\nproject: Dam\ntags: [pumps]\n---\n\n"
        "## Event\n\nIt **failed**.\n\n## Recommendation\n\nTest it.\n\n## Early-warning signs\n\nNoise.\n",
    )
    assert (draft.kind, draft.ref, draft.title, draft.project) == (Kind.LESSON, "HS-L-9", "Late pump", "Dam")
    assert (draft.dated, draft.phases) == (date(2024, 5, 1), (Phase.PLANNING,))
    assert draft.knowledge_areas == (KnowledgeArea.RISK,)
    assert draft.tags == ("pumps", "unheard of")
    fields = draft.fields
    assert isinstance(fields, LessonFields)
    assert (fields.event, fields.recommendation, fields.warning_signs) == (
        "It **failed**.",
        "Test it.",
        "Noise.",
    )
    assert fields.polarity is Polarity.NEGATIVE


def test_a_practice_and_a_template_have_their_sections(tmp_path: Path) -> None:
    practice = _item(
        tmp_path, "x.md", "---\nkind: practice\ntitle: P\n---\n\n## Problem\n\nA.\n\n## KPIs\n\nB."
    )
    assert isinstance(practice.fields, PracticeFields)
    assert (practice.fields.problem, practice.fields.kpis) == ("A.", "B.")
    template = _item(
        tmp_path, "x.md", "---\nkind: template\ntitle: T\n---\n\n## When to use\n\nA.\n\n## Example\n\nB."
    )
    assert isinstance(template.fields, TemplateFields)
    assert (template.fields.when_to_use, template.fields.example) == ("A.", "B.")


def test_training_front_matter_is_understood(tmp_path: Path) -> None:
    draft = _item(
        tmp_path,
        "x.md",
        "---\nkind: training\ntitle: T\nprovider: PMO\nlevel: practitioner\nhours: 6\ncompetences:\n"
        "  - {name: risk, level: 2}\n  - {name: no level}\nprerequisites: [HS-C-1]\n---\n\nText.",
    )
    assert isinstance(draft.fields, TrainingFields)
    assert (draft.fields.hours, draft.fields.level) == (6.0, TrainingLevel.PRACTITIONER)
    assert [(c.name, c.level) for c in draft.fields.competences] == [("risk", 2)]
    assert draft.fields.prerequisites == ("HS-C-1",)


def test_an_incident_report_is_a_lesson_of_something_gone_wrong(tmp_path: Path) -> None:
    text = (
        "# 2018-03-26, no space\n\n## Summary\n\nDisk full.\n\n"
        "## Lessons learnt\n\nWatch it.\n\n## Action items\n\n- Alert."
    )
    draft = _item(tmp_path, "2018-03-26-no-space.md", text, "incident-reports")
    assert isinstance(draft.fields, LessonFields)
    assert (draft.dated, draft.fields.polarity) == (date(2018, 3, 26), Polarity.NEGATIVE)
    assert draft.fields.event == "Disk full."
    assert "Watch it." in draft.fields.recommendation
    assert "Alert." in draft.fields.recommendation
    assert _item(tmp_path, "template-incident-report.md", text, "incident-reports").kind is Kind.TEMPLATE


@pytest.mark.parametrize(
    ("name", "kind", "document_kind"),
    [
        ("project-charter-template.md", Kind.TEMPLATE, None),
        ("risk checklist.md", Kind.TEMPLATE, None),
        ("syllabus.md", Kind.TRAINING, None),
        ("raci-matrix-thought-guide.md", Kind.DOCUMENT, DocumentKind.GUIDE),
        ("Project Charter.md", Kind.DOCUMENT, DocumentKind.CHARTER),
        ("decision-log-example.md", Kind.DOCUMENT, DocumentKind.REGISTER),
        ("closeout report.md", Kind.DOCUMENT, DocumentKind.REPORT),
        ("notes.md", Kind.DOCUMENT, DocumentKind.OTHER),
    ],
)
def test_names_tell_what_a_document_is(
    tmp_path: Path, name: str, kind: Kind, document_kind: DocumentKind | None
) -> None:
    draft = _item(tmp_path, name, "Some text without a heading.")
    assert draft.kind is kind
    if document_kind is not None:
        assert draft.fields == DocumentFields(document_kind)


def test_components_leave_their_words_and_nothing_else(tmp_path: Path) -> None:
    text = (
        "<script setup>\nimport A from './a.vue'\n</script>\n\n# Risk\n\n::: tip Key point\n"
        "Read this.\n:::\n\n"
        '<ConceptGrid>\n  <ConceptCard title="Threat">\n    **Bad** thing<br>to avoid.\n  '
        "</ConceptCard>\n</ConceptGrid>\n\n"
        "```html\n<b>code stays</b>\n```\n\nSet <project name> here. {% include x %}<!-- gone -->\n"
    )
    draft = _item(tmp_path, "risk.md", text)
    words = draft.passages[0].text
    assert draft.title == "Risk"
    for kept in (
        "Key point",
        "Read this.",
        "Threat",
        "Bad thing to avoid.",
        "<b>code stays</b>",
        "<project name>",
    ):
        assert kept in words or kept == "<project name>"
    for noise in ("import", "ConceptCard", ":::", "include", "gone", "script"):
        assert noise not in words


def test_foreign_front_matter_is_used_where_it_means_the_same(tmp_path: Path) -> None:
    draft = _item(
        tmp_path,
        "x.md",
        "---\nlayout: page\ntitle: Five whys\ndescription: Ask five times.\ntags: [page, "
        "methods]\nteaching: 40\nlang: en\n---\nText.",
    )
    assert (draft.title, draft.summary, draft.tags, draft.language) == (
        "Five whys",
        "Ask five times.",
        ("methods",),
        "en",
    )


def test_word_keeps_tables_text_boxes_controls_headers_and_headings(tmp_path: Path) -> None:
    box = (
        '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>'
        f"{making.paragraph('In the box')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>"
        f"<v:shape><v:textbox><w:txbxContent>{making.paragraph('In the box')}</w:txbxContent>"
        f"</v:textbox></v:shape>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    control = f"<w:sdt><w:sdtContent>{making.paragraph('In the control')}</w:sdtContent></w:sdt>"
    body = (
        making.paragraph("Scope", bold=True)
        + making.paragraph("The bridge only &lt;not the road&gt;.")
        + making.word_table([["Role", "Name"], ["Sponsor", "Ada | Bob"]])
        + box
        + control
    )
    parts: dict[str, str | bytes] = {
        "word/header1.xml": making.header_part("ACME confidential"),
        "word/header2.xml": making.header_part("ACME confidential"),
    }
    draft = _item(tmp_path, "bridge plan.docx", making.docx(body, parts=parts, title="Document1"))
    assert draft.title == "Bridge plan"
    assert (draft.dated, draft.contributor) == (date(2021, 5, 6), "Ada")
    text = "\n".join(passage.text for passage in draft.passages)
    assert "## Scope" in draft.body
    assert "The bridge only <not the road>." in text
    assert "Sponsor · Ada | Bob" in text
    for once in ("In the box", "In the control", "ACME confidential"):
        assert text.count(once) == 1


def test_a_table_of_one_column_is_a_frame_around_text() -> None:
    goals = (
        "<tr><td><p><b>Goals</b></p></td></tr><tr><td><ul><li>Cut waste</li><li>Sell more</li></ul></td></tr>"
    )
    table = "<tr><td><table><tr><td>Role</td><td>Name</td></tr></table></td></tr><tr><td>One</td></tr>"
    text = hypertext.to_markdown(hypertext.soup(f"<table>{goals}{table}</table>"))
    assert text == "**Goals**\n\n- Cut waste\n- Sell more\n\n| Role | Name |\n| --- | --- |\n\nOne"


def test_lines_of_a_cell_stay_apart() -> None:
    cell = "<td><ul><li>Cut waste</li><li>Sell <b>more</b>.</li></ul><p>By<br>June</p></td>"
    text = hypertext.to_markdown(hypertext.soup(f"<table><tr><td>Goals</td>{cell}</tr></table>"))
    assert text.splitlines()[0] == "| Goals | Cut waste · Sell more. By · June |"


def test_a_lessons_table_in_a_word_file_becomes_lessons(tmp_path: Path) -> None:
    table = making.word_table(
        [
            ["Issue", "Impact", "Lesson learned"],
            ["Late steel", "Two weeks", "Order early"],
            ["Rain", "None", "Cover it"],
        ]
    )
    found = _read(
        tmp_path, "closeout.docx", making.docx(making.paragraph("Long story of the bridge. " * 9) + table)
    )
    assert [draft.kind for draft in found.drafts] == [Kind.LESSON, Kind.LESSON, Kind.DOCUMENT]
    assert found.drafts[0].fields == LessonFields(
        event="Late steel", effect="Two weeks", recommendation="Order early"
    )
    assert "Late steel" not in found.drafts[2].body


def test_slides_know_their_number_and_keep_notes(tmp_path: Path) -> None:
    draft = _item(
        tmp_path, "x.pptx", making.pptx([("Kick-off", ["Goal", "Team"], "Smile"), ("Risks", ["Rain"], "")])
    )
    assert draft.title == "Kick-off"
    assert [(passage.locator.slide, passage.text) for passage in draft.passages] == [
        (1, "Kick-off\nGoal\nTeam\nNotes: Smile"),
        (2, "Risks\nRain"),
    ]


def test_pdf_pages_are_known_and_lines_joined(tmp_path: Path) -> None:
    lines = [
        "ACME 7",
        "This is the first line of a paragraph that goes on to the next li-",
        "ne and then it ends.",
        "Short heading",
    ]
    pages = [
        ["ACME 7", f"Page number {word} says something of its own."]
        for word in ("two", "three", "four", "five")
    ]
    draft = _item(tmp_path, "x.pdf", making.pdf([lines, *pages], title="Microsoft Word - bridge.doc"))
    assert draft.title == "X"
    assert draft.dated == date(2020, 3, 4)
    assert "goes on to the next line and then it ends." in draft.passages[0].text
    assert [passage.locator.page for passage in draft.passages] == [1, 2, 3, 4, 5]
    assert draft.body.count("ACME 7") == 1


def test_a_workbook_keeps_sheets_rows_and_what_stands_above(tmp_path: Path) -> None:
    data = making.xlsx(
        {
            "Plan": [
                ["Bridge project"],
                [],
                ["Owner:", "Ada"],
                ["Task", "Start", "Cost"],
                ["Dig", date(2024, 5, 1), 3.0],
            ],
            "Notes": [["Mind the rain."]],
        }
    )
    draft = _item(tmp_path, "bridge.xlsx", data)
    assert draft.body.startswith("## Plan\n\nBridge project\n\nOwner: · Ada\n\n| Task | Start | Cost |")
    assert "| Dig | 2024-05-01 | 3 |" in draft.body
    assert [(p.locator.sheet, p.locator.row) for p in draft.passages] == [("Plan", 1), ("Notes", 1)]


def test_a_web_page_gives_its_main_part(tmp_path: Path) -> None:
    html = (
        '<html lang="en"><head><title>Guide to gates</title><meta name="author" content="Ada">'
        "</head><body><nav>Menu</nav>"
        "<main><h1>Guide to gates</h1><p>Pass <b>each</b> gate.</p><script>x()</script><table>"
        "<tr><th>A</th><th>B</th></tr>"
        "<tr><td>1</td><td>2</td></tr></table></main><footer>Imprint</footer></body></html>"
    )
    draft = _item(tmp_path, "x.html", html)
    assert (draft.title, draft.contributor, draft.language) == ("Guide to gates", "Ada", "en")
    assert draft.body == "Pass **each** gate.\n\n| A | B |\n| --- | --- |\n| 1 | 2 |"


def test_a_mail_keeps_subject_people_and_text(tmp_path: Path) -> None:
    draft = _item(tmp_path, "x.eml", making.eml("Steel is late", "Two weeks at least.\n\nRegards"))
    assert (draft.title, draft.contributor, draft.dated) == (
        "Steel is late",
        "Ada Lovelace",
        date(2024, 3, 5),
    )
    assert "Two weeks at least." in draft.passages[0].text
    with pytest.raises(InvalidError, match="no saved mail"):
        _read(tmp_path, "x.eml", "just text")


def test_old_formats_go_through_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for `soffice`, which may not be installed: it takes the same words and leaves a file."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "made.docx").write_bytes(making.docx(making.paragraph("Text of the old file.")))
    program = folder / "soffice"
    program.write_text(
        '#!/bin/sh\nwhile [ "$1" != "--outdir" ]; do shift; done\n'
        f'/bin/mkdir -p "$2" && /bin/cp {folder}/made.docx "$2/original.docx"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
    draft = _item(tmp_path, "memo.doc", making.ole("WordDocument"))
    assert (draft.title, draft.body) == ("Memo", "Text of the old file.")
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(InvalidError, match="could not convert"):
        _read(tmp_path, "memo.doc", making.ole("WordDocument"))


def test_plain_text_is_not_taken_for_code(tmp_path: Path) -> None:
    draft = _item(tmp_path, "notes.txt", "Minutes\n=======\n\n        Deeply indented words.\n")
    assert draft.passages[0].text == "Deeply indented words."
    assert draft.title == "Minutes"


def test_a_running_head_across_two_pages_does_not_tear_paragraphs_apart(tmp_path: Path) -> None:
    lines = ["The team should be in frequent contact about performance."] * 12
    head = (
        "62 A GUIDE WITH A LONG RUNNING HEAD Working with a development team 63 Understanding the cycle of it"
    )
    draft = _item(tmp_path, "guide.pdf", making.pdf([[head, *(line[:-1] for line in lines)]]))
    assert draft.body.count("\n\n") <= 2


def test_tags_of_a_page_generator_leave_no_noise(tmp_path: Path) -> None:
    page = '---\ntitle: Guide\n---\n<main><p>Read on.</p>{% image_with_class "a.svg" "wide" %}</main>'
    assert _item(tmp_path, "guide.html", page).body.strip() == "Read on."
