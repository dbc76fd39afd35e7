"""What a run does with files that are new, known, changed, renamed, copied or gone."""

import threading
from collections.abc import Callable

import pytest

from ingest import pipeline
from ingest.report import FileOutcome, FileState, Options, Progress, Report
from kb import passages
from kb.access import LOCAL_USER, Principal
from kb.errors import InvalidError, NotFoundError
from kb.settings import Limits
from kb.values import ItemId, LessonFields, Tally
from kb.vocabulary import Classification
from tests.ingest import making
from tests.ingest.conftest import Library

Only = Callable[[Report], FileOutcome]

_LOG = "Lesson ID,Title,What happened,Recommendation\n1,Pump,It failed,Test it\n2,Crane,It fell,Secure it\n"


def _states(report: Report) -> dict[str, FileState]:
    return {outcome.name: outcome.state for outcome in report.files}


def test_a_second_run_changes_nothing(library: Library) -> None:
    library.write("a.md", "# A\n\nText.")
    library.write("log.csv", _LOG)
    first, second = library.ingest(), library.ingest()
    assert (first.added, first.tally) == (2, Tally(added=3))
    assert (second.unchanged, second.tally) == (2, Tally(unchanged=3))


def test_a_changed_file_becomes_a_new_version(library: Library, only: Only) -> None:
    library.write("a.md", "# A\n\nOne.")
    library.ingest()
    ref = library.item("A").head.ref
    library.write("a.md", "# A\n\nTwo.")
    outcome = only(library.ingest())
    assert (outcome.state, outcome.tally) == (FileState.UPDATED, Tally(updated=1))
    assert (library.item("A").version, library.item("A").head.ref) == (2, ref)


def test_only_the_changed_row_of_a_register_becomes_a_new_version(library: Library, only: Only) -> None:
    library.write("log.csv", _LOG)
    library.ingest()
    library.write("log.csv", _LOG.replace("Secure it", "Secure it twice") + "3,Van,Late,Book early\n")
    assert only(library.ingest()).tally == Tally(added=1, updated=1, unchanged=1)


def test_a_vanished_file_is_withdrawn_and_comes_back_with_its_history(library: Library) -> None:
    path = library.write("a.md", "# A")
    library.write("b.md", "# B")
    library.ingest()
    path.unlink()
    assert _states(library.ingest()) == {"a.md": FileState.WITHDRAWN, "b.md": FileState.UNCHANGED}
    assert library.titles() == ["B"]
    library.write("a.md", "# A\n\nBack again.")
    library.ingest()
    assert library.item("A").version == 2


def test_files_outside_the_given_folder_are_left_alone(library: Library) -> None:
    library.write("one/a.md", "# A")
    library.write("one-more/b.md", "# B")
    library.ingest()
    (library.folder / "one-more/b.md").unlink()
    assert library.ingest(library.folder / "one").withdrawn == 0
    assert library.titles() == ["A", "B"]


def test_a_renamed_file_keeps_its_reference_and_history(library: Library, only: Only) -> None:
    path = library.write("a.md", "# A")
    library.ingest()
    ref = library.item("A").head.ref
    path.rename(library.folder / "z.md")
    outcome = only(library.ingest())
    assert (outcome.state, outcome.name) == (FileState.UPDATED, "z.md")
    assert outcome.reason.startswith("Renamed from")
    assert library.item("A").head.ref == ref


def test_a_file_moved_between_folders_is_followed_when_only_the_new_one_is_read(library: Library) -> None:
    path = library.write("old/a.md", "# A")
    library.ingest()
    ref = library.item("A").head.ref
    (library.folder / "new").mkdir()
    path.rename(library.folder / "new/a.md")
    library.ingest(library.folder / "new")
    assert library.item("A").head.ref == ref


def test_a_file_with_a_reference_is_followed_even_when_renamed_and_edited(library: Library) -> None:
    text = "---\nkind: lesson\nref: X-L-1\ntitle: T\n---\n\n## Event\n\n"
    path = library.write("a.md", f"{text}One.")
    library.ingest()
    path.unlink()
    library.write("b.md", f"{text}Two.")
    report = library.ingest()
    assert not report.failed
    assert (library.item("T").version, library.item("T").head.ref) == (2, "X-L-1")


def test_a_reference_that_is_taken_fails_that_file_only(library: Library) -> None:
    for name in ("a.md", "b.md"):
        library.write(name, f"---\nkind: lesson\nref: X-L-1\ntitle: {name}\n---\n\nText {name}.")
    report = library.ingest()
    assert _states(report) == {"a.md": FileState.ADDED, "b.md": FileState.FAILED}
    assert "X-L-1" in report.failures[0].reason


def test_the_same_bytes_twice_give_one_item(library: Library) -> None:
    library.write("a.md", "# A")
    library.write("b.md", "# A")
    assert _states(library.ingest()) == {"a.md": FileState.ADDED, "b.md": FileState.COPY}
    assert library.titles() == ["A"]
    assert library.ingest().unchanged == 2


def test_a_copy_takes_over_when_the_first_vanishes(library: Library) -> None:
    path = library.write("a.md", "# A")
    library.write("b.md", "# A")
    library.ingest()
    ref = library.item("A").head.ref
    path.unlink()
    assert library.ingest().failed is False
    assert library.item("A").head.ref == ref
    assert library.ingest().unchanged == 1
    assert library.titles() == ["A"]


def test_a_copy_elsewhere_takes_over_when_the_first_vanishes(library: Library) -> None:
    path = library.write("one/a.md", "# A")
    library.write("two/b.md", "# A")
    library.ingest()
    path.unlink()
    report = library.ingest(library.folder / "one")
    assert report.withdrawn == 1
    assert library.titles() == ["A"]
    assert library.item("A").head.file_name == "b.md"


def test_a_copy_keeps_the_text_when_the_first_changes(library: Library) -> None:
    library.write("a/copy.md", "# A")
    library.ingest()
    library.write("b/first.md", "# A")
    library.ingest()
    library.write("a/copy.md", "# Other")
    library.ingest(library.folder / "a")
    assert library.titles() == ["A", "Other"]


def test_a_failing_file_keeps_its_earlier_version(library: Library, only: Only) -> None:
    library.write("a.md", "# A\n\nGood.")
    library.ingest()
    library.write("a.md", b"\0\1\2\3" * 500)
    assert only(library.ingest()).state is FileState.FAILED
    assert "Good." in library.item("A").body


def test_an_archive_that_breaks_keeps_what_it_gave(library: Library) -> None:
    data = making.zipped({"inner/a.md": "# A", "b.png": b"x"})
    library.write("box.zip", data)
    first = library.ingest()
    assert [
        outcome.location.partition("!/")[2] for outcome in first.files if outcome.state is FileState.ADDED
    ] == ["inner/a.md"]
    library.write("box.zip", data[:50])
    assert library.ingest().withdrawn == 0
    assert library.titles() == ["A"]


def test_a_member_that_leaves_its_archive_is_withdrawn(library: Library) -> None:
    path = library.write("box.zip", making.zipped({"a.md": "# A", "b.md": "# B"}))
    library.ingest(path)
    library.write("box.zip", making.zipped({"a.md": "# A"}))
    assert library.ingest(path).withdrawn == 1
    assert library.titles() == ["A"]


def test_a_path_that_does_not_exist_stops_before_anything_is_done(library: Library) -> None:
    library.write("a.md", "# A")
    with pytest.raises(InvalidError, match="nothing at"):
        library.ingest(library.folder, library.folder / "missing")
    assert library.titles() == []


def test_who_may_not_write_learns_nothing(library: Library) -> None:
    library.write("a.md", "# A")
    with pytest.raises(NotFoundError):
        library.ingest(principal=Principal("guest", Classification.PUBLIC))


def test_a_dry_run_tells_all_and_writes_nothing(library: Library) -> None:
    library.write("log.csv", _LOG)
    library.write("copy.csv", _LOG)
    library.write("a.md", "# A")
    report = library.ingest(options=Options(dry_run=True))
    assert _states(report) == {
        "a.md": FileState.ADDED,
        "copy.csv": FileState.ADDED,
        "log.csv": FileState.COPY,
    }
    assert report.tally == Tally(added=3)
    assert [use.field for use in report.files[1].mapping] == ["id", "title", "event", "recommendation"]
    assert library.titles() == []
    assert not list(library.store.digests())


def test_a_dry_run_over_known_files_withdraws_nothing(library: Library) -> None:
    path = library.write("a.md", "# A")
    library.ingest()
    path.unlink()
    assert library.ingest(options=Options(dry_run=True)).withdrawn == 1
    assert library.titles() == ["A"]


def test_a_label_stands_for_the_path(library: Library) -> None:
    library.write("lessons/x.md", "# X")
    report = library.ingest(options=Options(label="starter"))
    assert [outcome.location for outcome in report.files] == ["starter:lessons/x.md"]
    (library.folder / "lessons/x.md").unlink()
    assert library.ingest(options=Options(label="starter")).withdrawn == 1


def test_uploads_never_withdraw_each_other(library: Library) -> None:
    first = library.write("a.md", "# A")
    library.ingest(first, options=Options(label="upload"))
    first.unlink()
    second = library.write("b.md", "# B")
    report = library.ingest(second, options=Options(label="upload"))
    assert [outcome.location for outcome in report.files] == ["upload:b.md"]
    assert library.titles() == ["A", "B"]


def test_a_mapping_given_by_hand_rules(library: Library, only: Only) -> None:
    library.write("log.csv", "Nr,Story,Wisdom\n1,It rained,Bring a coat\n")
    assert only(library.ingest()).kinds == {"document": 1}
    options = Options(mapping={"Story": "event", "Wisdom": "recommendation", "Nr": "ignore"})
    outcome = only(library.ingest(options=options))
    assert outcome.kinds == {"lesson": 1}
    assert {use.how for use in outcome.mapping} == {"given by hand"}
    fields = library.item("It rained").fields
    assert isinstance(fields, LessonFields)
    assert (fields.event, fields.recommendation) == ("It rained", "Bring a coat")


def test_a_mapping_to_no_field_is_refused(library: Library) -> None:
    with pytest.raises(InvalidError, match="there is no field 'wisdom'"):
        library.ingest(options=Options(mapping={"Wisdom": "wisdom"}))


def test_progress_counts_files_and_items(library: Library) -> None:
    library.write("a.md", "# A")
    library.write("log.csv", _LOG)
    seen: list[Progress] = []
    pipeline.run(
        library.sessions, library.store, LOCAL_USER, Limits(), [library.folder], Options(), seen.append
    )
    assert [(p.done, p.total, p.current, p.items) for p in seen] == [
        (0, 2, "a.md", 0),
        (1, 2, "log.csv", 1),
        (2, 2, "", 3),
    ]


def test_a_report_can_be_written_as_json(library: Library) -> None:
    library.write("log.csv", _LOG)
    library.write("plan.mpp", b"x")
    told = library.ingest().as_json()
    assert told["counts"]["added"] == 1
    assert told["counts"]["skipped"] == 1
    assert told["kinds"] == {"lesson": 2}
    assert told["failed"] is False


def test_a_server_with_threads_can_read(library: Library) -> None:
    library.write("a.md", "# A")
    reports: list[Report] = []
    thread = threading.Thread(target=lambda: reports.append(library.ingest()))
    thread.start()
    thread.join()
    assert reports[0].added == 1


def test_the_stored_original_is_the_file(library: Library) -> None:
    path = library.write("a.docx", making.docx(making.paragraph("Kept as it is.")))
    library.ingest()
    kept = library.store.path(library.item("A").file_digest)
    assert kept.read_bytes() == path.read_bytes()


def test_passages_lie_where_they_say(library: Library) -> None:
    library.write("deck.pptx", making.pptx([("Start", ["one", "two"], "say hello"), ("End", ["three"], "")]))
    library.ingest()
    item = library.item("Start")
    with library.sessions() as session:
        found = passages.of_item(session, LOCAL_USER, ItemId(item.head.id))
    assert [passage.locator.slide for passage in found] == [1, 2]
    assert "say hello" in item.body[found[0].locator.start : found[0].locator.end]
