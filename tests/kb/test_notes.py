"""Lessons sessions: who sees them, notes that are kept once, votes that are counted, groups, anonymity."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import items, library
from kb.access import LOCAL_USER, Principal
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import AuditEvent, Base, SessionNote
from kb.sessions import gatherings, notes
from kb.sessions.agendas import AGENDAS
from kb.sessions.gatherings import Gathering, GatheringDraft
from kb.sessions.notes import NoteDraft
from kb.vocabulary import Classification, Role, SessionKind, SessionState
from tests.samples import lesson

ANNA = Principal("Anna", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
BERT = Principal("Bert", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
RITA = Principal("Rita", Classification.INTERNAL, may_write=True, roles=frozenset({Role.COORDINATOR}))
READER = Principal("Rolf", Classification.INTERNAL, roles=frozenset({Role.READER}))
PUBLIC = Principal("Paul", Classification.PUBLIC, roles=frozenset({Role.CONTRIBUTOR}))
DRAFT = GatheringDraft(SessionKind.STAGE_END, "Gate 2", "Harbour", anonymous=False, votes=3)
MARK = "marks-of-sixteen-or-more"
LATE = NoteDraft("Pumps came late.", "Confirm dates weekly.")


def _opened(session: Session, draft: GatheringDraft = DRAFT) -> Gathering:
    return gatherings.arrange(session, ANNA, draft)


def _note(session: Session, gathering: Gathering, text: str = "It rained.", who: Principal = ANNA) -> int:
    key = f"key-{text}".replace(" ", "-").replace(".", "") + "-0000"
    return notes.add(session, who, gathering.code, key, NoteDraft(text, "Bring coats."))[0]


@pytest.mark.parametrize("kind", list(SessionKind))
def test_a_session_begins_with_what_is_usual_for_its_kind(session: Session, kind: SessionKind) -> None:
    made = _opened(session, GatheringDraft(kind, "Gate 2", "Harbour"))
    usual = AGENDAS[kind]
    assert made.agenda == usual.steps
    assert made.prompts == usual.prompts
    assert (made.anonymous, made.votes) == (usual.anonymous, usual.votes)
    assert made.facilitator == "Anna"
    assert gatherings.get(session, BERT, f" {made.code[:3].lower()}-{made.code[3:].lower()} ") == made


def test_who_may_not_see_it_learns_nothing_of_it(session: Session) -> None:
    made = _opened(session)
    for call in (
        lambda: gatherings.get(session, PUBLIC, made.code),
        lambda: notes.board(session, PUBLIC, made.code),
        lambda: notes.add(session, PUBLIC, made.code, "key-00001", LATE),
        lambda: notes.vote(session, PUBLIC, made.code, 1, given=True),
        lambda: gatherings.change_state(session, PUBLIC, made.code, SessionState.CLOSED),
    ):
        with pytest.raises(NotFoundError, match="no session"):
            call()
    assert gatherings.listed(session, PUBLIC) == []
    assert gatherings.count(session, PUBLIC) == 0
    with pytest.raises(InvalidError, match="could not read"):
        gatherings.arrange(session, ANNA, replace(DRAFT, classification=Classification.CONFIDENTIAL))


def test_readers_read_and_do_not_write(session: Session) -> None:
    made = _opened(session)
    number = _note(session, made)
    assert notes.board(session, READER, made.code).loose[0].id == number
    with pytest.raises(NotFoundError):
        _note(session, made, "More rain.", READER)
    with pytest.raises(NotFoundError):
        notes.vote(session, READER, made.code, number, given=True)
    with pytest.raises(NotFoundError):
        gatherings.arrange(session, READER, DRAFT)


def test_only_the_facilitator_and_reviewers_lead(session: Session) -> None:
    made = _opened(session)
    number = _note(session, made)
    for call in (
        lambda: gatherings.change_state(session, BERT, made.code, SessionState.CLOSED),
        lambda: notes.gather(session, BERT, made.code, "Weather", [number]),
        lambda: notes.remove(session, BERT, made.code, number),
    ):
        with pytest.raises(NotFoundError, match=r"[Oo]nly its"):
            call()
    notes.gather(session, RITA, made.code, "Weather", [number])
    assert gatherings.change_state(session, RITA, made.code, SessionState.CLOSED).closed_at is not None


def test_notes_are_taken_while_the_session_is_open(session: Session) -> None:
    made = gatherings.arrange(session, ANNA, DRAFT, SessionState.PLANNED)
    with pytest.raises(ConflictError, match="has not begun"):
        _note(session, made)
    with pytest.raises(ConflictError, match="planned"):
        gatherings.change_state(session, ANNA, made.code, SessionState.CLOSED)
    gatherings.change_state(session, ANNA, made.code, SessionState.OPEN)
    number = _note(session, made)
    gatherings.change_state(session, ANNA, made.code, SessionState.CLOSED)
    with pytest.raises(ConflictError, match="is closed"):
        _note(session, made, "Snow.")
    assert _note(session, made) == number  # what arrived before is still known


@pytest.mark.parametrize(
    ("key", "draft", "sentence"),
    [
        ("short", LATE, "8 to 64"),
        ("key with spaces", LATE, "8 to 64"),
        ("key-00001", NoteDraft(" ", "Act."), "needs what happened"),
        ("key-00001", NoteDraft("It rained.", "\n"), "needs what happened"),
        ("key-00001", replace(LATE, why="x" * 4_001), "4,000 characters"),
    ],
)
def test_what_can_not_be_a_note_is_told_so(
    session: Session, key: str, draft: NoteDraft, sentence: str
) -> None:
    made = _opened(session)
    with pytest.raises(InvalidError, match=sentence):
        notes.add(session, ANNA, made.code, key, draft)


def test_a_key_stands_for_one_note(session: Session) -> None:
    made = _opened(session)
    first = notes.add(session, ANNA, made.code, "key-00001", LATE)
    revision = gatherings.get(session, ANNA, made.code).revision
    again = notes.add(session, ANNA, made.code, "key-00001", replace(LATE, happened=" Pumps came late.\n"))
    assert (first[1], again) == (True, (first[0], False))
    assert gatherings.get(session, ANNA, made.code).revision == revision
    with pytest.raises(ConflictError, match="other words"):
        notes.add(session, ANNA, made.code, "key-00001", replace(LATE, why="Strike."))
    other = _opened(session)
    assert notes.add(session, ANNA, other.code, "key-00001", LATE)[1]


_SENDINGS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from([ANNA, BERT])), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_SENDINGS)
def test_however_often_notes_are_sent_each_is_kept_once(
    session: Session, sendings: list[tuple[int, Principal]]
) -> None:
    made = _opened(session)
    for number, who in sendings:
        notes.add(session, who, made.code, f"key-0000{number}", NoteDraft(f"Event {number}", "Act."))
    kept = notes.board(session, ANNA, made.code).loose
    first = {f"Event {n}": who.name for n, who in reversed(sendings)}
    assert {note.happened: note.author for note in kept} == first
    assert len(kept) == len(first) == gatherings.get(session, ANNA, made.code).notes
    assert [note.id for note in kept] == sorted((note.id for note in kept), reverse=True)


_VOTINGS = st.lists(st.tuples(st.sampled_from([ANNA, BERT]), st.integers(0, 4), st.booleans()), max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3), st.booleans(), _VOTINGS)
def test_votes_are_counted_as_people_gave_them_and_never_more_than_they_have(
    session: Session, most: int, anonymous: bool, votings: list[tuple[Principal, int, bool]]
) -> None:
    made = _opened(session, replace(DRAFT, votes=most, anonymous=anonymous))
    numbers = [_note(session, made, f"Event {n}") for n in range(5)]
    standing: set[tuple[str, int]] = set()
    for who, place, given_ in votings:
        mark = f"{who.name}-{MARK}"
        own = sum(name == who.name for name, _ in standing)
        vote = (who.name, numbers[place])
        if given_ and vote not in standing and own == most:
            with pytest.raises(ConflictError):
                notes.vote(session, who, made.code, vote[1], given=True, voter=mark)
        else:
            notes.vote(session, who, made.code, vote[1], given=given_, voter=mark)
            standing = standing | {vote} if given_ else standing - {vote}
    counted = Counter(number for _, number in standing)
    for who in (ANNA, BERT):
        board = notes.board(session, who, made.code, f"{who.name}-{MARK}")
        assert {note.id: note.votes for note in board.notes if note.votes} == counted
        own = {number for name, number in standing if name == who.name}
        assert {note.id for note in board.notes if note.voted} == own
        assert board.left == most - len(own)


def test_an_anonymous_session_keeps_no_name(session: Session) -> None:
    made = gatherings.arrange(session, RITA, replace(DRAFT, anonymous=True))
    number = _note(session, made, who=BERT)
    notes.vote(session, BERT, made.code, number, given=True, voter=MARK)
    with pytest.raises(InvalidError, match="secret"):
        notes.vote(session, BERT, made.code, number, given=True)
    session.flush()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            assert "Bert" not in str(row), table.name
            assert MARK not in str(row), table.name
    actors = session.scalars(select(AuditEvent.actor).where(AuditEvent.action.in_(("add_note", "vote"))))
    assert set(actors) == {"anonymous participant"}
    assert not notes.board(session, BERT, made.code).notes[0].voted
    assert notes.board(session, BERT, made.code, MARK).notes[0].voted


def test_marks_of_one_secret_differ_between_sessions(session: Session) -> None:
    from kb.models import SessionVote

    for title in ("One", "Two"):
        made = _opened(session, replace(DRAFT, title=title, anonymous=True))
        notes.vote(session, ANNA, made.code, _note(session, made), given=True, voter=MARK)
    assert len(set(session.scalars(select(SessionVote.voter)))) == 2


def test_groups_are_made_named_and_gone_when_empty(session: Session) -> None:
    made = _opened(session)
    one, two, three = (_note(session, made, f"Event {n}") for n in range(3))
    group = notes.gather(session, ANNA, made.code, "  Wet \n weather ", [one, two])
    notes.vote(session, BERT, made.code, two, given=True)
    board = notes.board(session, ANNA, made.code)
    assert [(g.name, [n.id for n in g.notes], g.votes) for g in board.groups] == [
        ("Wet weather", [two, one], 1)
    ]
    assert [note.id for note in board.loose] == [three]
    notes.rename(session, ANNA, made.code, group, "Rain")
    notes.move(session, ANNA, made.code, one, None)
    notes.move(session, ANNA, made.code, three, group)
    board = notes.board(session, ANNA, made.code)
    assert [(g.name, [n.id for n in g.notes]) for g in board.groups] == [("Rain", [two, three])]
    other = notes.gather(session, ANNA, made.code, "All", [two, three])
    assert [g.id for g in notes.board(session, ANNA, made.code).groups] == [other]
    notes.remove(session, ANNA, made.code, two)
    notes.move(session, ANNA, made.code, three, None)
    assert notes.board(session, ANNA, made.code).groups == ()
    for call in (
        lambda: notes.gather(session, ANNA, made.code, " ", [one]),
        lambda: notes.gather(session, ANNA, made.code, "None", []),
    ):
        with pytest.raises(InvalidError):
            call()
    for call in (
        lambda: notes.move(session, ANNA, made.code, one, other),
        lambda: notes.move(session, ANNA, made.code, two, None),
        lambda: notes.rename(session, ANNA, made.code, 99, "None"),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_notes_and_groups_of_another_session_are_out_of_reach(session: Session) -> None:
    mine, other = _opened(session), _opened(session, replace(DRAFT, title="Gate 3"))
    number = _note(session, other)
    group = notes.gather(session, ANNA, other.code, "Rain", [number])
    own = _note(session, mine)
    for call in (
        lambda: notes.vote(session, ANNA, mine.code, number, given=True),
        lambda: notes.move(session, ANNA, mine.code, own, group),
        lambda: notes.remove(session, ANNA, mine.code, number),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_authors_take_their_own_notes_out_while_it_is_open(session: Session) -> None:
    made = _opened(session)
    first, second = _note(session, made, "Rain.", BERT), _note(session, made, "Snow.", BERT)
    notes.remove(session, BERT, made.code, first)
    gatherings.change_state(session, ANNA, made.code, SessionState.CLOSED)
    with pytest.raises(NotFoundError):
        notes.remove(session, BERT, made.code, second)
    assert [note.id for note in notes.board(session, BERT, made.code).notes] == [second]


def test_a_note_becomes_one_lesson_and_stays(session: Session) -> None:
    made = _opened(session)
    number = _note(session, made)
    hidden = library.write(session, LOCAL_USER, lesson("Secret", classification=Classification.RESTRICTED))
    notes.link(session, ANNA, made.code, [number], hidden)
    assert notes.board(session, LOCAL_USER, made.code).notes[0].lesson
    assert notes.board(session, ANNA, made.code).notes[0].lesson == ""
    with pytest.raises(ConflictError, match="lesson already"):
        notes.link(session, ANNA, made.code, [number], hidden)
    with pytest.raises(ConflictError, match="lesson already"):
        notes.remove(session, ANNA, made.code, number)
    assert items.summaries(session, LOCAL_USER, [hidden])


def test_a_session_is_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MAX_NOTES", 2)
    made = _opened(session)
    _note(session, made, "Rain.")
    _note(session, made, "Snow.")
    with pytest.raises(ConflictError, match="2 notes already"):
        _note(session, made, "Hail.")
    assert session.query(SessionNote).count() == 2
    for faulty in (
        replace(DRAFT, title=" "),
        replace(DRAFT, project="x" * 301),
        replace(DRAFT, votes=21),
        replace(DRAFT, agenda=("step",) * 31),
        replace(DRAFT, prompts=("x" * 301,)),
    ):
        with pytest.raises(InvalidError):
            gatherings.arrange(session, ANNA, faulty)


def test_every_change_has_a_new_revision_and_an_entry(session: Session) -> None:
    made = _opened(session)
    number = _note(session, made)
    seen = [made.revision]
    for change in (
        lambda: notes.vote(session, BERT, made.code, number, given=True),
        lambda: notes.gather(session, ANNA, made.code, "Rain", [number]),
        lambda: gatherings.change_state(session, ANNA, made.code, SessionState.CLOSED),
    ):
        change()
        seen.append(gatherings.revisions(session, [made.code, "NONE22"])[made.code])
    assert seen == sorted(set(seen))
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == made.code)).all()
    assert actions == ["arrange_session", "add_note", "vote", "group_notes", "session_closed"]
