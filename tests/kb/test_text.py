from hypothesis import given
from hypothesis import strategies as st

from kb.text import digest, shorten, squash
from kb.vocabulary import KnowledgeArea, Phase, label, term


@given(st.text(max_size=300), st.integers(2, 100))
def test_a_shortened_text_fits_and_begins_the_same(text: str, length: int) -> None:
    short = shorten(text, length)
    assert len(short) <= length
    assert squash(text).startswith(short.removesuffix("…"))


@given(st.lists(st.text(max_size=5), max_size=3), st.lists(st.text(max_size=5), max_size=3))
def test_digests_differ_when_parts_do(one: list[str], other: list[str]) -> None:
    if not any("\x1f" in part for part in one + other) and len(one) == len(other):
        assert (digest(*one) == digest(*other)) == (one == other)


def test_terms_are_known_in_any_spelling() -> None:
    assert term(KnowledgeArea, "Planning and Schedule") is KnowledgeArea.PLANNING_AND_SCHEDULE
    assert term(Phase, "pre-project") is Phase.PRE_PROJECT
    assert term(Phase, "lunch") is None
    assert label("in_action") == "In action"
