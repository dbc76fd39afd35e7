from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from kb.items import VersionDetail, VersionSummary
from web.life.differences import Change, Fact, Stretch, between, differences, shortened

WORDS = st.lists(
    st.sampled_from(["late", "pumps", " ", "\n", "the", "day", ".", "é", "\r\n", "\x0b"]), max_size=40
)
TEXTS = WORDS.map("".join)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_their_differences(before: str, after: str) -> None:
    found = differences(before, after)
    if before == after:
        assert found == ()
        return
    assert "".join(one.text for one in found if one.change is not Change.ADDED) == before
    assert "".join(one.text for one in found if one.change is not Change.REMOVED) == after
    assert all(one.text for one in found)


def test_a_changed_word_is_all_that_differs() -> None:
    assert differences("Order.\nDelivery: the week.\n", "Order.\nDelivery: the day.\n") == (
        Stretch(Change.KEPT, "Order.\nDelivery: the "),
        Stretch(Change.REMOVED, "week"),
        Stretch(Change.ADDED, "day"),
        Stretch(Change.KEPT, ".\n"),
    )


def test_lines_with_little_in_common_are_replaced_whole() -> None:
    assert differences("Pumps came late.", "Nobody had asked a supplier about dates") == (
        Stretch(Change.REMOVED, "Pumps came late."),
        Stretch(Change.ADDED, "Nobody had asked a supplier about dates"),
    )


def test_long_stretches_that_were_kept_are_left_out() -> None:
    lines = [f"Line {number}.\n" for number in range(20)]
    changed = [*lines[:10], "New.\n", *lines[10:]]
    found = shortened(differences("".join(lines), "".join(changed)), context=2)
    assert found == (
        Stretch(Change.KEPT, "", 8),
        Stretch(Change.KEPT, "Line 8.\nLine 9.\n"),
        Stretch(Change.ADDED, "New.\n"),
        Stretch(Change.KEPT, "Line 10.\nLine 11.\n", 8),
    )


def test_facts_are_compared_beside_the_text() -> None:
    def version(body: str, **record: object) -> VersionDetail:
        summary = VersionSummary(1, "Pumps", "Anna", datetime(2026, 1, 1, tzinfo=UTC), "")
        return VersionDetail(summary, body, {**record})

    before = version("Late.", tags=["pump"], fields={"event": "Late.", "priority": None}, status="draft")
    after = version("Later.", tags=["pump", "dates"], fields={"event": "Later.", "priority": "urgent"})
    found = between(before, after)
    assert found.facts == (Fact("Priority", "", "urgent"), Fact("Tags", "pump", "pump, dates"))
    assert found.title == ()
