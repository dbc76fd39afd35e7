"""The life of lessons, checked by walking through it at random beside a plain model of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from kb import database, library
from kb.access import LOCAL_USER, Permission, Principal
from kb.errors import ConflictError, InvalidError, KbError, NotFoundError
from kb.life import actions, applications, lessons, lifecycle
from kb.life.applications import ApplicationDraft
from kb.life.lifecycle import RULES, Move
from kb.models import AuditEvent, LessonStep
from kb.values import LessonFields
from kb.vocabulary import ActionState, Classification, Outcome, Role, Status, Target
from tests.samples import lesson

ANNA = Principal("Anna", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
BERT = Principal("Bert", Classification.INTERNAL, may_write=True, roles=frozenset({Role.COORDINATOR}))
CARL = Principal("Carl", Classification.INTERNAL, roles=frozenset({Role.READER}))
PEOPLE = st.sampled_from([ANNA, BERT, CARL, LOCAL_USER])
DRAFT = lesson(
    "Late pumps",
    fields=LessonFields(event="Pumps were late.", recommendation="Confirm dates."),
    status=Status.DRAFT,
)


def test_every_status_of_a_lesson_can_be_reached_and_left() -> None:
    reached = {rule.result for rule in RULES.values()}
    left = {origin for rule in RULES.values() for origin in rule.origins}
    assert (
        reached
        == left
        == {
            Status.DRAFT,
            Status.SUBMITTED,
            Status.RETURNED,
            Status.REJECTED,
            Status.ENDORSED,
            Status.IN_ACTION,
            Status.LEARNED,
            Status.SUPERSEDED,
        }
    )


def test_learned_is_reached_from_action_alone() -> None:
    assert [rule.origins for rule in RULES.values() if rule.result is Status.LEARNED] == [
        frozenset({Status.IN_ACTION})
    ]


class Life(RuleBasedStateMachine):
    """Whatever people try: nothing happens that the table does not allow, and nothing is lost."""

    def __init__(self) -> None:
        super().__init__()
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        database.migrate(engine)
        self.engine = engine
        self.session = Session(engine, expire_on_commit=False)
        self.status = Status.DRAFT
        self.steps: list[tuple[str, Status, Status]] = []
        self.actions: dict[int, tuple[str, ActionState]] = {}
        self.versions = 1
        self.texts = 0

    @initialize()
    def write(self) -> None:
        library.write(self.session, ANNA, replace(DRAFT, ref="HS-L-900"))
        self.session.commit()

    def attempt(self, what: Callable[[], object]) -> bool:
        """Whether it was done; what was refused leaves no trace."""
        try:
            what()
        except (ConflictError, InvalidError, NotFoundError):
            self.session.rollback()
            return False
        self.session.commit()
        return True

    @rule(who=PEOPLE, move=st.sampled_from(Move), reason=st.sampled_from(["", "because of the dates"]))
    def ask(self, who: Principal, move: Move, reason: str) -> None:
        wanted = RULES[move]
        finished = [state for _, state in self.actions.values()]
        learnable = ActionState.VALIDATED in finished and not {ActionState.OPEN, ActionState.DONE} & {
            *finished
        }
        allowed = (
            wanted.by_hand
            and self.status in wanted.origins
            and who.may(wanted.permission)
            and (bool(reason) or not wanted.reason)
            and (move is not Move.LEARN or learnable)
        )
        done = self.attempt(lambda: lessons.move(self.session, who, "HS-L-900", move, reason))
        assert done == allowed
        if done:
            self.moved(move)

    def moved(self, move: Move) -> None:
        origin, self.status = self.status, RULES[move].result
        self.steps.append((move, origin, self.status))

    @rule(who=PEOPLE)
    def edit(self, who: Principal) -> None:
        changed = replace(DRAFT, body=f"Pumps were late {self.texts + 1} times.", status=None)
        done = self.attempt(lambda: library.write(self.session, who, changed, "HS-L-900"))
        assert done == who.may(Permission.CONTRIBUTE)
        if done:
            self.texts += 1
            self.versions += 1
            if self.status in RULES[Move.EDIT].origins:
                self.moved(Move.EDIT)

    @rule(who=PEOPLE, owner=st.sampled_from(["Anna", "Bert"]))
    def add_action(self, who: Principal, owner: str) -> None:
        made: list[int] = []
        done = self.attempt(
            lambda: made.append(
                actions.add(
                    self.session,
                    who,
                    "HS-L-900",
                    what="Change the order form",
                    target=Target.TEMPLATE,
                    owner=owner,
                )
            )
        )
        assert done == (who.may(Permission.CONTRIBUTE) and self.status in (Status.ENDORSED, Status.IN_ACTION))
        if done:
            self.actions[made[0]] = (owner, ActionState.OPEN)
            if self.status is Status.ENDORSED:
                self.moved(Move.ACT)

    @precondition(lambda self: self.actions)
    @rule(who=PEOPLE, data=st.data(), what=st.sampled_from(["finish", "validate", "reopen", "cancel"]))
    def work(self, who: Principal, data: st.DataObject, what: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.actions)))
        owner, state = self.actions[number]
        wanted, result, permission = {
            "finish": (ActionState.OPEN, ActionState.DONE, Permission.CONTRIBUTE),
            "validate": (ActionState.DONE, ActionState.VALIDATED, Permission.REVIEW),
            "reopen": (ActionState.DONE, ActionState.OPEN, Permission.REVIEW),
            "cancel": (state, ActionState.CANCELLED, Permission.REVIEW),
        }[what]
        final = (ActionState.VALIDATED, ActionState.CANCELLED)
        allowed = state == wanted and state not in final and who.may(permission)
        if what == "validate":
            allowed = allowed and who.name != owner
        done = self.attempt(lambda: getattr(actions, what)(self.session, who, number, "as the log shows"))
        assert done == allowed
        if done:
            self.actions[number] = (owner, result)

    @rule(who=PEOPLE, outcome=st.sampled_from(Outcome))
    def apply(self, who: Principal, outcome: Outcome) -> None:
        said = ApplicationDraft("Bridge", applied=True, reason="On site.", outcome=outcome)
        done = self.attempt(lambda: applications.record(self.session, who, "HS-L-900", said))
        assert done == who.may(Permission.CONTRIBUTE)
        if done and outcome is Outcome.RECURRENCE and self.status in RULES[Move.RECUR].origins:
            self.moved(Move.RECUR)

    @invariant()
    def nothing_is_lost(self) -> None:
        if not self.session.scalar(select(func.count()).select_from(AuditEvent)):
            return
        stored = lessons.find(self.session, LOCAL_USER, "HS-L-900")
        assert (stored.status, stored.version) == (self.status, self.versions)
        kept = self.session.execute(
            select(LessonStep.move, LessonStep.origin, LessonStep.result).order_by(LessonStep.id)
        ).all()
        assert [tuple(row) for row in kept] == self.steps
        states = {a.id: a.state for a in actions.of_lesson(self.session, LOCAL_USER, "HS-L-900")}
        assert states == {number: state for number, (_, state) in self.actions.items()}

    @invariant()
    def what_is_offered_is_what_the_table_allows(self) -> None:
        held = [permission for permission in Permission if BERT.may(permission)]
        offered = lifecycle.possible(self.status, held)
        assert all(RULES[move].by_hand and self.status in RULES[move].origins for move in offered)

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()


Life.TestCase.settings = settings(deadline=None, max_examples=25, stateful_step_count=30)
TestLife = Life.TestCase


def test_refusals_say_what_to_do(session: Session) -> None:
    library.write(session, ANNA, replace(DRAFT, ref="HS-L-1", fields=LessonFields(event="It was late.")))
    with pytest.raises(InvalidError, match="needs a recommendation"):
        lessons.move(session, ANNA, "HS-L-1", Move.SUBMIT)
    with pytest.raises(ConflictError, match="'Endorse' is for lessons that are submitted; this one is draft"):
        lessons.move(session, BERT, "HS-L-1", Move.ENDORSE)
    with pytest.raises(NotFoundError, match="no lesson 'HS-L-1' here"):
        lessons.move(session, CARL, "HS-L-1", Move.SUBMIT)
    with pytest.raises(NotFoundError, match="nothing here"):
        lessons.move(session, CARL, _endorsed(session), Move.REOPEN)
    with pytest.raises(KbError, match="nobody asks for it"):
        lessons.move(session, LOCAL_USER, "HS-L-2", Move.EDIT)


def _endorsed(session: Session) -> str:
    library.write(session, ANNA, replace(DRAFT, ref="HS-L-2"))
    lessons.move(session, ANNA, "HS-L-2", Move.SUBMIT)
    lessons.move(session, BERT, "HS-L-2", Move.ENDORSE)
    return "HS-L-2"


def test_history_tells_moves_and_comments_in_order(session: Session) -> None:
    ref = _endorsed(session)
    lessons.comment(session, ANNA, ref, " Seen again on site 4. ")
    told = [(event.who, event.move, event.text) for event in lessons.history(session, CARL, ref)]
    assert told == [
        ("Anna", Move.SUBMIT, ""),
        ("Bert", Move.ENDORSE, ""),
        ("Anna", None, "Seen again on site 4."),
    ]


def test_the_queue_begins_with_what_waits_longest(session: Session) -> None:
    ref = _endorsed(session)
    library.write(session, ANNA, replace(DRAFT, ref="HS-L-3", title="Other", status=Status.SUBMITTED))
    actions.add(session, ANNA, ref, what="Change the form", target=Target.TEMPLATE, owner="Anna")
    waiting = lessons.queue(session, CARL, offset=0, limit=10)
    assert [(one.lesson.ref, one.actions) for one in waiting] == [("HS-L-3", 0), ("HS-L-2", 1)] or [
        (one.lesson.ref, one.actions) for one in waiting
    ] == [("HS-L-2", 1), ("HS-L-3", 0)]
    assert waiting[0].since <= waiting[1].since
    assert lessons.counts(session, CARL) == {Status.IN_ACTION: 1, Status.SUBMITTED: 1}


def test_what_may_not_be_read_can_not_be_moved_or_counted(session: Session) -> None:
    secret = replace(DRAFT, ref="HS-L-4", classification=Classification.CONFIDENTIAL)
    library.write(session, LOCAL_USER, secret)
    for attempt in (
        lambda: lessons.move(session, BERT, "HS-L-4", Move.SUBMIT),
        lambda: lessons.comment(session, BERT, "HS-L-4", "text"),
        lambda: lessons.history(session, BERT, "HS-L-4"),
        lambda: library.write(session, BERT, secret, "HS-L-4"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert lessons.counts(session, BERT) == {}
