"""Every kind of bad file gives a sentence, stops nothing else and loses nothing."""

import os
import pickle
import re
import shutil
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import discover
from ingest.discover import Discovery
from ingest.filing import Base, Filing
from ingest.report import FileOutcome, FileState, Options, Report
from ingest.worker import Worker
from kb.access import LOCAL_USER
from kb.settings import Limits
from tests.ingest import making
from tests.ingest.conftest import Library

Only = Callable[[Report], FileOutcome]


def _fails(library: Library, name: str, content: bytes | str, limits: Limits | None = None) -> str:
    """The reason for which a file fails, beside a good one that is read all the same."""
    library.write("good.md", "# Good neighbour\n\nStill read.")
    library.write(name, content)
    report = library.ingest(limits=limits)
    (failure,) = report.failures
    assert failure.name == Path(name).name
    assert "Good neighbour" in library.titles()
    assert re.match(r"^[A-Z].*[.)]$", failure.reason), failure.reason
    assert "Traceback" not in failure.reason
    return failure.reason


@pytest.mark.parametrize("name", ["a.md", "a.docx", "a.pdf", "a.xlsx", "a.csv", "a.pptx", "a.html", "a.eml"])
def test_an_empty_file_is_reported(library: Library, name: str) -> None:
    assert "empty" in _fails(library, name, b"")


def test_a_truncated_word_file_is_reported(library: Library) -> None:
    whole = making.docx(making.paragraph("text"))
    assert "damaged" in _fails(library, "a.docx", whole[: len(whole) // 2])


def test_a_truncated_workbook_is_reported(library: Library) -> None:
    whole = making.xlsx({"S": [["a", "b"]] * 50})
    assert "damaged" in _fails(library, "a.xlsx", whole[: len(whole) // 2])


def test_a_truncated_deck_is_reported(library: Library) -> None:
    whole = making.pptx([("T", ["b"], "")])
    assert "damaged" in _fails(library, "a.pptx", whole[: len(whole) // 2])


def test_a_truncated_pdf_is_reported(library: Library) -> None:
    assert "damaged" in _fails(library, "a.pdf", making.pdf([["x"]])[:60])


def test_a_workbook_with_a_corrupt_part_is_reported(library: Library) -> None:
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": "<workbook",
        "xl/worksheets/sheet1.xml": "no xml at all",
    }
    assert "damaged" in _fails(library, "a.xlsx", making.zipped(dict(parts)))


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.xlsx", "a.pptx"])
def test_text_under_an_office_name_is_reported(library: Library, name: str) -> None:
    assert "misnamed" in _fails(library, name, b"just some text")


def test_a_pdf_named_docx_is_read_as_what_it_is(library: Library, only: Only) -> None:
    library.write("report.docx", making.pdf([["The pump failed on the first day of the trial run."]]))
    assert only(library.ingest()).state is FileState.ADDED
    assert "The pump failed" in library.item("Report").body


def test_a_workbook_named_csv_is_read_as_a_workbook(library: Library, only: Only) -> None:
    library.write("plan.csv", making.xlsx({"Plan": [["Task", "Days"], ["Dig", 3], ["Pour", 4]]}))
    assert only(library.ingest()).state is FileState.ADDED
    assert "| Dig | 3 |" in library.item("Plan").body


def test_an_old_word_file_named_docx_says_what_it_needs(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert "install LibreOffice" in _fails(library, "a.docx", making.ole("WordDocument"))


def test_a_password_protected_workbook_is_reported(library: Library) -> None:
    reason = _fails(library, "a.xlsx", making.ole("EncryptionInfo", "EncryptedPackage"))
    assert "password-protected" in reason


def test_an_encrypted_pdf_is_reported(library: Library) -> None:
    assert "password-protected" in _fails(library, "a.pdf", making.pdf([["secret"]], encrypted=True))


def test_binary_garbage_named_md_is_refused(library: Library) -> None:
    assert "not text" in _fails(library, "a.md", bytes(range(256)) * 40)


def test_invalid_front_matter_is_reported_with_its_line(library: Library) -> None:
    reason = _fails(library, "a.md", "---\ntitle: one\nkind: [lesson\n---\n\nText.")
    assert "not valid YAML" in reason
    assert "line" in reason


def test_front_matter_that_expands_without_end_does_no_harm(library: Library, only: Only) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    library.write("a.md", f"---\ntitle: Bomb\n{bomb}tags: *a29\n---\n\nText.")
    assert only(library.ingest()).state is FileState.ADDED


def test_a_file_over_the_size_limit_is_reported(library: Library) -> None:
    text = b"All work and no play makes a long file. " * 60_000
    assert "more than the 1 MB" in _fails(library, "a.txt", text, Limits(file_mb=1))


def test_more_text_than_allowed_is_reported(library: Library) -> None:
    assert "KB_LIMIT_CHARACTERS" in _fails(library, "a.txt", b"words " * 5_000, Limits(characters=10_000))


def test_a_sheet_with_too_many_rows_is_refused(library: Library) -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c></row>' for i in range(1, 200_001))
    assert "100,000 rows" in _fails(library, "a.xlsx", _workbook(f"<sheetData>{rows}</sheetData>"))


def test_a_csv_with_too_many_rows_is_refused(library: Library) -> None:
    assert "1,000 rows" in _fails(library, "a.csv", "a,b\n" * 2_000, Limits(rows=1_000))


def test_a_workbook_with_too_many_cells_is_refused(library: Library) -> None:
    data = making.xlsx({"S": [["x"] * 20] * 60})
    assert "KB_LIMIT_CELLS" in _fails(library, "a.xlsx", data, Limits(cells=1_000))


def test_a_pdf_with_too_many_pages_is_refused(library: Library) -> None:
    assert "more than 5" in _fails(library, "a.pdf", making.pdf([["x"]] * 9), Limits(pages=5))


def test_a_sheet_that_declares_all_cells_is_read_at_once(library: Library, only: Only) -> None:
    sheet = (
        '<dimension ref="A1:XFD1048574"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
        "Start</t></is></c></row>"
        '<row r="1048574"><c r="XFD1048574" t="inlineStr"><is><t>End</t></is></c></row></sheetData>'
    )
    library.write("vast.xlsx", _workbook(sheet))
    report = library.ingest()
    assert only(report).state is FileState.ADDED
    assert report.seconds < 20
    assert "Start" in library.item("Vast").body
    assert "End" in library.item("Vast").body


def _workbook(sheet: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return making.zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
            f"</Relationships>",
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
            '<sheets><sheet name="Vast" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            f"</Relationships>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{sheet}</worksheet>',
        }
    )


def test_html_nested_without_end_loses_no_text(library: Library, only: Only) -> None:
    nested = "<div>" * 50_000 + "<p>the innermost words</p>" + "</div>" * 50_000
    library.write("deep.html", f"<html><body>{nested}<p>the last words</p></body></html>")
    assert only(library.ingest()).state is FileState.ADDED
    body = library.item("Deep").body
    assert "the innermost words" in body
    assert "the last words" in body


def test_lists_and_quotes_nested_without_end_are_read(library: Library) -> None:
    library.write("deep.html", "<ul><li>" * 5_000 + "core" + "</li></ul>" * 5_000)
    library.write("quotes.md", ">" * 20_000 + " core")
    assert {outcome.state for outcome in library.ingest().files} == {FileState.ADDED}


def test_encodings_mixed_within_a_file_are_read_line_by_line(library: Library) -> None:
    lines = ["# Größe".encode(), "“Quoted”".encode("cp1252"), "naïve".encode("latin-1"), b"plain"]
    library.write("mixed.md", b"\n\n".join(lines))
    library.ingest()
    body = library.item("Größe").body
    assert "“Quoted”" in body
    assert "naïve" in body


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_is_read_in_any_common_encoding(library: Library, codec: str) -> None:
    library.write("a.txt", "Überraschung: the café's crème brûlée was late.\n".encode(codec))
    library.ingest()
    assert "Überraschung: the café's crème brûlée" in library.item("A").body


def test_cyrillic_without_a_declared_encoding_is_recognised(library: Library) -> None:
    text = "Управление проектами требует внимания к рискам и срокам. " * 20
    library.write("a.txt", text.encode("cp1251"))
    library.ingest()
    assert "Управление проектами" in library.item("A").body


def test_a_zip_bomb_is_refused(library: Library) -> None:
    bomb = making.zipped({"bomb.txt": b"0" * 30_000_000})
    assert "bomb" in _fails_within(library, "a.zip", bomb)


def test_an_archive_that_unpacks_to_too_much_is_refused(library: Library) -> None:
    parts: dict[str, str | bytes] = {f"{i}.txt": os.urandom(400_000).hex() for i in range(3)}
    reason = _fails(library, "a.zip", making.zipped(parts), Limits(archive_mb=1))
    assert "KB_LIMIT_ARCHIVE_MB" in reason


def test_an_archive_with_too_many_files_is_refused(library: Library) -> None:
    parts: dict[str, str | bytes] = {f"{i}.txt": "x" for i in range(20)}
    assert "20 files" in _fails(library, "a.zip", making.zipped(parts), Limits(archive_files=10))


def test_a_word_file_that_is_a_zip_bomb_is_refused(library: Library) -> None:
    data = making.docx(making.paragraph("x"), parts={"word/more.xml": b" " * 40_000_000})
    assert "zip bomb" in _fails(library, "a.docx", data)


def test_a_zip_whose_sizes_lie_is_refused(library: Library) -> None:
    data = bytearray(making.zipped({"a.txt": b"0" * 5_000_000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = struct.pack("<I", 100)
    assert "can't be unpacked" in _fails_within(library, "lying.zip", bytes(data))


@pytest.mark.parametrize("name", ["../outside.md", "/etc/outside.md", "C:\\outside.md", "a/../../outside.md"])
def test_a_path_out_of_the_archive_is_refused_and_nothing_written(library: Library, name: str) -> None:
    entry = zipfile.ZipInfo(name)
    path = library.folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "# Outside")
        archive.writestr("inside.md", "# Inside")
    report = library.ingest()
    (failure,) = report.failures
    assert "out of the archive" in failure.reason
    assert library.titles() == ["Inside"]
    assert not list(library.folder.parent.rglob("outside.md"))


def test_an_archive_within_an_archive_is_refused(library: Library) -> None:
    inner = making.zipped({"a.md": "# Inner"})
    assert "unpack it first" in _fails_within(library, "a.zip", making.zipped({"inner.zip": inner}))


def test_a_damaged_archive_is_reported(library: Library) -> None:
    whole = making.zipped({"a.md": "# A"})
    assert "damaged" in _fails(library, "a.zip", whole[:40])


def test_an_archive_with_a_corrupt_member_reports_that_member_only(library: Library) -> None:
    data = bytearray(making.zipped({"bad.md": "# Bad one", "fine.md": "# Fine"}, zipfile.ZIP_STORED))
    at = data.index(b"# Bad one")
    data[at : at + 5] = b"XXXXX"
    library.write("a.zip", bytes(data))
    report = library.ingest()
    assert [failure.name for failure in report.failures] == ["bad.md"]
    assert library.titles() == ["Fine"]


def _fails_within(library: Library, name: str, content: bytes) -> str:
    library.write(name, content)
    (failure,) = library.ingest().failures
    return failure.reason


def test_a_file_whose_reading_takes_too_long_is_stopped(library: Library) -> None:
    library.write("good.md", "# Good neighbour")
    library.write("zebra.md", "# After it")
    slow = b"| a | b |\n|---|---|\n" + b"| **x** [y](z) | w |\n" * 150_000
    library.write("slow.md", slow)
    report = library.ingest(limits=Limits(seconds=1))
    assert [(f.name, "1 seconds" in f.reason) for f in report.failures] == [("slow.md", True)]
    assert library.titles() == ["After it", "Good neighbour"]


def test_a_reading_process_that_does_not_start_is_reported(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_at_once = shutil.which("false")
    assert ends_at_once
    monkeypatch.setattr(sys, "executable", ends_at_once)
    assert "could not be started" in _fails_within(library, "good.md", b"# Good")


def test_a_file_that_needs_too_much_memory_is_reported(library: Library) -> None:
    library.write("good.md", "# Good neighbour")
    library.write("hungry.txt", b"many words in a paragraph. \n\n" * 600_000)
    report = library.ingest(limits=Limits(memory_mb=300))
    (failure,) = report.failures
    assert failure.name == "hungry.txt"
    assert library.titles() == ["Good neighbour"]


def test_files_of_only_pictures_are_kept_and_found_by_title(library: Library) -> None:
    library.write("floor plan.pdf", making.pdf([[], []]))
    library.write("drawings.pptx", making.pptx([("", [], "")]))
    library.write("scan.docx", making.docx("<w:p/>"))
    report = library.ingest()
    assert all("No text could be read" in outcome.reason for outcome in report.files)
    assert library.titles() == ["Drawings", "Floor plan", "Scan"]


def test_an_unreadable_folder_is_reported_and_nothing_of_it_withdrawn(library: Library) -> None:
    library.write("locked/kept.md", "# Kept")
    library.ingest()
    locked = library.folder / "locked"
    for folder in (library.folder, *library.folder.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    locked.chmod(0)
    found = _as_nobody(lambda: discover.discover([library.folder], None, Limits()))
    locked.chmod(0o755)
    (aside,) = found.aside
    assert (aside.name, aside.failed) == ("locked", True)
    assert aside.reason == "The folder can't be opened: Permission denied."
    with Worker() as worker:
        base = Base(library.sessions, library.store, LOCAL_USER, Limits())
        assert list(Filing(base, Options(), worker, found).withdraw_vanished()) == []


def _as_nobody(look: Callable[[], Discovery]) -> Discovery:
    """What *look* gives to somebody who may not read everything: root may, so a child gives up its rights."""
    if os.geteuid() != 0:
        return look()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgid(65534)
        os.setuid(65534)
        os.write(writing, pickle.dumps(look()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        data = stream.read()
    os.waitpid(child, 0)
    found: Discovery = pickle.loads(data)  # noqa: S301 - our own child's answer
    return found


def test_symlink_loops_end(library: Library) -> None:
    library.write("a/real.md", "# Real")
    (library.folder / "a" / "loop").symlink_to(library.folder)
    (library.folder / "x").symlink_to("y")
    (library.folder / "y").symlink_to("x")
    (library.folder / "gone.md").symlink_to("nowhere.md")
    report = library.ingest()
    assert library.titles() == ["Real"]
    assert report.skipped == 1
    assert {failure.name for failure in report.failures} == {"x", "y", "gone.md"}


def test_a_pipe_is_not_waited_for(library: Library) -> None:
    os.mkfifo(library.folder / "pipe.md")
    assert library.ingest().skipped == 1


def test_names_that_are_not_utf_8_are_kept_apart(library: Library) -> None:
    for name in (b"caf\xe9.md", b"caf\xe8.md"):
        with open(os.fsencode(library.folder) + b"/" + name, "w") as stream:  # noqa: PTH123 - bytes are the point
            stream.write(f"# {name!r}")
    assert library.ingest().added == 2
    assert library.ingest().unchanged == 2


@pytest.mark.parametrize("name", ["plan.mpp", "photo.png", "data.json", "conf.yaml", "LICENSE", "song.xyz"])
def test_formats_that_are_not_read_are_skipped_with_a_reason(library: Library, only: Only, name: str) -> None:
    library.write(name, b"whatever")
    outcome = only(library.ingest())
    assert outcome.state is FileState.SKIPPED
    assert outcome.reason.endswith(".")


def test_hidden_and_lock_files_are_not_mentioned(library: Library) -> None:
    for name in (".hidden.md", "~$plan.docx", ".git/config.md"):
        library.write(name, b"x")
    assert library.ingest().files == ()
