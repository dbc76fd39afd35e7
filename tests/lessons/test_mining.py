import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import markdown
from ingest.mining import observations
from kb.proposals.values import Observation
from kb.vocabulary import Polarity
from tests.lessons import measuring
from tests.lessons.measuring import Labelled


def mine(body: str, title: str = "") -> list[Observation]:
    return observations.mine(markdown.parse(body), title)


def test_a_paragraph_with_labels_is_one_lesson_with_its_fields():
    (one,) = mine(
        "## Lessons\n\n**1. The permit came late.** *Event:* we applied in month 3. *Effect:* six weeks. "
        "*Cause:* nobody had asked. *Recommendation:* the project manager asks first."
    )
    assert one.title == "The permit came late"
    assert one.said.event == "we applied in month 3."
    assert one.said.effect == "six weeks."
    assert one.said.causes == "nobody had asked."
    assert one.said.recommendation == "the project manager asks first."
    assert one.confidence > 0.9
    assert "under “Lessons”" in one.reason


def test_entries_below_a_heading_are_observations_with_its_polarity():
    well, badly = mine(
        "## What went well\n\n- Daily calls kept us together.\n\n## What went wrong\n\n- We tested once."
    )
    assert (well.said.polarity, badly.said.polarity) == (Polarity.POSITIVE, Polarity.NEGATIVE)


def test_a_sentence_in_a_plain_text_gives_itself_away_and_takes_its_neighbours_along():
    (one,) = mine(
        "## Summary\n\nThe works began in May. The permit was delayed. This was because nobody had asked the "
        "county. In hindsight we should have asked in January. The weather was fine."
    )
    assert one.quotes == (
        "The permit was delayed.",
        "This was because nobody had asked the county.",
        "In hindsight we should have asked in January.",
    )
    assert one.said.event == "The permit was delayed."
    assert one.said.causes == "This was because nobody had asked the county."
    assert one.said.recommendation == "In hindsight we should have asked in January."


def test_a_cause_and_an_effect_told_in_passing_are_given_by_their_clause():
    (one,) = mine("The move failed because the addresses were missing, which meant two lost weeks.")
    assert one.said.causes == "because the addresses were missing"
    assert one.said.effect == "which meant two lost weeks"


def test_a_row_of_a_table_with_names_of_fields_is_a_lesson():
    (one,) = mine(
        "## Log\n\n| No | What happened | Root cause | Recommendation |\n|---|---|---|---|\n"
        "| 1 | The crane came late | Booked by telephone | Book in writing |"
    )
    assert one.said.event == "The crane came late"
    assert one.said.causes == "Booked by telephone"
    assert one.said.recommendation == "Book in writing"


def test_a_table_of_a_retrospective_has_an_observation_in_each_cell():
    found = mine(
        "| What went well | What did not go well |\n|---|---|\n"
        "| Pairing helped the newcomers | Reviews waited for days |\n| | The demo broke twice |"
    )
    assert [one.title for one in found] == [
        "Pairing helped the newcomers",
        "Reviews waited for days",
        "The demo broke twice",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "## Lessons learned\n\n[Describe what went well and what did not]",
        "## Lessons learned\n\nNone to report.",
        "## Lessons learned\n\n- What went well?\n- What should be done differently?",
        "## Actions\n\n| Action | Who |\n|---|---|\n| Order the cables, late because of us | Buyer |",
        "## Risks\n\nThe supplier may fail because of strikes.",
        "The board approved the plan on 3 May. Cost stands at £40,000.",
        "",
    ],
)
def test_a_form_a_plan_a_risk_and_a_fact_are_no_observations(body: str):
    assert mine(body) == []


def test_lessons_in_an_appendix_count_and_risks_among_lessons_do_too():
    (one,) = mine("# Appendix\n\n## Lessons learned\n\n- Daily calls kept us together.")
    (other,) = mine("# Lessons learned\n\n## Risks\n\n- Daily calls kept us together.")
    assert one.quotes == other.quotes


def test_what_the_title_of_the_document_says_is_no_section():
    assert mine("# Lessons learned report\n\nThe board met on 3 May.", "Lessons learned report") == []


_PIECES = ("## Lessons", "We should have asked.", "- It failed because", "Event: x", "| a | b |\n|-|-|", "#")


@given(st.lists(st.sampled_from(_PIECES)))
def test_nothing_is_invented(lines: list[str]):
    body = "\n\n".join(lines)
    parsed = markdown.parse(body)
    whole = " ".join(" ".join(block.text.split()) for block in parsed.blocks)
    for one in observations.mine(parsed):
        assert 0 < one.confidence < 1
        assert 0 <= one.start < one.end <= len(body)
        assert all(quote in whole for quote in one.quotes)
        texts = (one.said.event, one.said.effect, one.said.causes, one.said.recommendation)
        assert all(text in " ".join(one.quotes) for text in texts)


def _own(part: str) -> list[Labelled]:
    return [document for document in measuring.labelled(part) if document.own]


def test_the_starter_librarys_own_samples_are_mined_well_enough():
    shaping = measuring.score(_own("dev"))
    assert shaping.precision >= 0.8, shaping.wrong
    assert shaping.recall >= 0.75, shaping.missed
    assert shaping.filled >= 0.9 * shaping.fields
    both = measuring.score(_own("dev") + _own("test"))
    assert both.precision >= 0.75, both.wrong


@pytest.mark.parametrize(("part", "precision", "recall"), [("dev", 0.8, 0.75), ("test", 0.7, 0.6)])
def test_foreign_documents_are_mined_well_enough(part: str, precision: float, recall: float):
    documents = [document for document in measuring.labelled(part) if not document.own]
    if not all(document.path.exists() for document in documents):
        pytest.skip("the shared corpora are not on this machine")
    score = measuring.score(documents)
    assert score.precision >= precision, score.wrong
    assert score.recall >= recall, score.missed


def test_labels_point_to_what_is_there():
    for document in (*_own("dev"), *_own("test")):
        said = {measuring.mark(statement.text) for statement in measuring.read(document)[0]}
        for one in document.observations:
            assert {label.digest for label in one} <= said, document.document
