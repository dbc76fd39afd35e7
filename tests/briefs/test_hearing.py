"""Verdicts of other projects move items in a brief: the more, the more their needs are like its own."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER
from kb.briefs import drawing, verdicts
from kb.briefs.drawing import BriefDraft, CharterDraft
from kb.briefs.stored import Decision
from kb.briefs.values import Composed
from kb.briefs.verdicts import Voice
from kb.vocabulary import Verdict
from search.briefs import charter, composing, hearing
from tests.briefs import charters
from web.wiring import Services

NEEDS = charter.read(next(one.text for one in charters.read() if one.name == "hospital-patient-record"))
LATE = "The supplier may deliver the pumps late."
voices = st.lists(st.builds(Voice, st.booleans(), st.sampled_from([(), (LATE,), ("Penguins",)])), max_size=9)


@given(voices)
def test_voices_move_an_item_within_bounds_and_each_moves_it_its_own_way(said: list[Voice]) -> None:
    now = hearing.factor(said, [LATE])
    assert 0.6 < now < 1.4
    assert hearing.factor([*said, Voice(True, (LATE,))], [LATE]) > now
    assert hearing.factor([*said, Voice(False, (LATE,))], [LATE]) < now
    assert hearing.factor([*said, Voice(False, ("Penguins",))], [LATE]) == now


def test_needs_that_are_more_alike_are_heard_more() -> None:
    same, near = Voice(True, (LATE,)), Voice(True, ("A supplier was late with pumps and cranes.",))
    assert hearing.factor([same], [LATE]) > hearing.factor([near], [LATE]) > 1


def test_what_a_project_like_it_found_moves_lessons_of_the_next_brief(library: Services) -> None:
    with library.sessions() as session:
        before = composing.compose(library.search(), session, LOCAL_USER, NEEDS)
        lessons = [one.item.ref for one in before.entries if one.item.kind == "lesson"]
        useless, useful = lessons[1], lessons[-1]
        for _ in range(3):
            _decide(session, before, useless, useful)
        after = composing.compose(library.search(), session, LOCAL_USER, NEEDS)
        session.rollback()
    places = {one.item.ref: place for place, one in enumerate(after.entries)}
    was = {one.item.ref: place for place, one in enumerate(before.entries)}
    assert places[useful] < was[useful]
    assert places.get(useless, composing.LIMIT) > was[useless]


def _decide(session: Session, found: Composed, useless: str, useful: str) -> None:
    code = drawing.begin(session, LOCAL_USER, BriefDraft("Hospital", CharterDraft("Records.", NEEDS)))
    drawing.keep(session, LOCAL_USER, code, range(1, len(NEEDS) + 1), found)
    no = Decision(Verdict.NOT_APPLICABLE, "We have none.")
    verdicts.decide(session, LOCAL_USER, code, useless, no)
    verdicts.decide(session, LOCAL_USER, code, useful, Decision(Verdict.APPLICABLE))
