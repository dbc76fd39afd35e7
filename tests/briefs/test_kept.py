"""Briefs as they are kept: needs, verdicts, sign-offs, versions, and what a reader may see of them."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import audit, items, passages
from kb.access import LOCAL_USER, Principal
from kb.briefs import drawing, needs, reading, signing, verdicts
from kb.briefs.drawing import BriefDraft, CharterDraft
from kb.briefs.stored import Decision, Origin, Progress
from kb.briefs.values import Composed, Entry, Match, Need, NeedKind
from kb.briefs.verdicts import Voice
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.insight import gaps
from kb.models import AuditEvent
from kb.values import Locator
from kb.vocabulary import Classification, Role, Verdict
from tests.samples import lesson, store

ANNA = Principal("Anna", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
BERT = Principal("Bert", Classification.INTERNAL, may_write=True, roles=frozenset({Role.COORDINATOR}))
CARL = Principal("Carl", Classification.INTERNAL, roles=frozenset({Role.READER}))
CHARTER = "# Harbour\n\nPumps come from one supplier.\n\nThe quay is closed in May."
NEEDS = (
    Need(NeedKind.SUPPLIER, "Pumps come from one supplier.", ("Harbour",), Locator(11, 40)),
    Need(NeedKind.CONSTRAINT, "The quay is closed in May.", ("Harbour",), Locator(42, 68)),
)
APPLIES = Decision(Verdict.APPLICABLE)


@pytest.fixture
def base(session: Session) -> Session:
    """Three lessons, one of them confidential."""
    store(
        session,
        lesson("Late pumps", ref="L-1"),
        lesson("Late cranes", ref="L-2"),
        lesson("Bribes", ref="L-3", classification=Classification.CONFIDENTIAL),
    )
    return session


@pytest.fixture
def code(base: Session) -> str:
    """A brief whose first need is answered by all three, its second by nothing."""
    made = _begin(base)
    _keep(base, made, "L-1", "L-2", "L-3")
    return made


def _begin(session: Session, who: Principal = ANNA, **changes: object) -> str:
    draft = BriefDraft("Harbour bridge", CharterDraft(CHARTER, NEEDS), "Harbour")
    return drawing.begin(session, who, replace(draft, **changes))


def _keep(session: Session, code: str, *refs: str, who: Principal = LOCAL_USER) -> None:
    found = reading.get(session, who, code)
    wanted = [one for one in found.needs if not one.dropped]
    entries = tuple(_entry(session, ref) for ref in refs)
    unanswered = tuple(range(1 if entries else 0, len(wanted)))
    composed = Composed(tuple(one.need for one in wanted), entries, unanswered)
    drawing.keep(session, who, code, [one.number for one in wanted], composed)


def _entry(session: Session, ref: str) -> Entry:
    head = items.get(session, LOCAL_USER, ref).head
    first = passages.first(session, LOCAL_USER, head.id)
    assert first is not None
    return Entry(head, (Match(0, first, 0.7),))


def _refs(session: Session, code: str, who: Principal = LOCAL_USER, number: int | None = None) -> list[str]:
    return [one.item.ref for one in reading.get(session, who, code, number).entries]


def _decide_all(session: Session, code: str, decision: Decision = APPLIES) -> None:
    for ref in _refs(session, code):
        verdicts.decide(session, LOCAL_USER, code, ref, decision)


def _rewrite(session: Session, title: str, **changes: object) -> None:
    drafts = [
        lesson("Late pumps", ref="L-1"),
        lesson("Late cranes", ref="L-2"),
        lesson("Bribes", ref="L-3", classification=Classification.CONFIDENTIAL),
    ]
    store(session, *(replace(one, **changes) if one.title == title else one for one in drafts))


def test_a_brief_is_kept_as_it_was_found(base: Session, code: str) -> None:
    found = reading.get(base, LOCAL_USER, code.lower())
    assert (found.head.title, found.head.project, found.version.number) == ("Harbour bridge", "Harbour", 1)
    assert [one.need for one in found.needs] == list(NEEDS)
    assert [one.answered for one in found.needs] == [True, False]
    assert [one.number for one in found.unanswered] == [2]
    first = found.entries[0]
    assert (first.item.ref, first.matches[0].need, first.matches[0].text) == (
        "L-1",
        1,
        "Late pumps happened.",
    )
    assert (found.progress.lessons, found.progress.decided) == (3, 0)
    assert reading.charter(base, ANNA, code) == CHARTER


def test_nobody_sees_or_counts_what_they_may_not_read(base: Session, code: str) -> None:
    assert _refs(base, code, ANNA) == ["L-1", "L-2"]
    assert reading.get(base, ANNA, code).progress.lessons == 2
    assert reading.listed(base, ANNA)[0].progress.lessons == 2
    with pytest.raises(NotFoundError):
        verdicts.decide(base, ANNA, code, "L-3", APPLIES)
    hidden = _begin(base, LOCAL_USER, classification=Classification.CONFIDENTIAL)
    assert [one.code for one in reading.listed(base, ANNA)] == [code]
    assert (reading.count(base, ANNA), reading.count(base, LOCAL_USER)) == (1, 2)
    with pytest.raises(NotFoundError):
        reading.get(base, ANNA, hidden)
    with pytest.raises(InvalidError, match="lower classification"):
        _begin(base, ANNA, classification=Classification.CONFIDENTIAL)


def test_readers_change_nothing(base: Session, code: str) -> None:
    for attempt in (
        lambda: _begin(base, CARL),
        lambda: verdicts.decide(base, CARL, code, "L-1", APPLIES),
        lambda: needs.add(base, CARL, code, NeedKind.RISK, "Storms"),
        lambda: drawing.look_again(base, CARL, code),
        lambda: signing.sign(base, ANNA, code, "Gate 1"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert reading.get(base, CARL, code).head.code == code


@pytest.mark.parametrize(
    ("decision", "complaint"),
    [
        (Decision(Verdict.NOT_APPLICABLE, " "), "why it does not apply"),
        (Decision(Verdict.ALREADY_CONTROLLED), "what controls it"),
        (Decision(Verdict.NEEDS_ACTION, owner="Anna"), "owner and a day"),
        (Decision(Verdict.NEEDS_ACTION, due=date(2027, 1, 1)), "owner and a day"),
        (Decision(Verdict.APPLICABLE, "x" * 10_001), "longer than"),
        (Decision(Verdict.NEEDS_ACTION, "", "Anna", date(1, 1, 1)), "no day"),
    ],
)
def test_a_verdict_says_what_it_must(base: Session, code: str, decision: Decision, complaint: str) -> None:
    with pytest.raises(InvalidError, match=complaint):
        verdicts.decide(base, ANNA, code, "L-1", decision)
    assert reading.get(base, ANNA, code).progress.decided == 0


def test_a_verdict_can_be_changed_and_its_history_stays(base: Session, code: str) -> None:
    verdicts.decide(base, ANNA, code, "L-1", Decision(Verdict.NOT_APPLICABLE, "No pumps here."))
    action = Decision(Verdict.NEEDS_ACTION, "Pumps after all.", "Buyer", date(2027, 1, 8))
    verdicts.decide(base, BERT, code, "L-1", action)
    now = reading.get(base, CARL, code).entries[0].decided
    assert now is not None
    assert (now.decision, now.by) == (action, "Bert")
    assert [one.by for one in verdicts.history(base, CARL, code, "L-1")] == ["Bert", "Anna"]
    assert reading.get(base, CARL, code).progress.decided == 1
    said = base.scalars(select(AuditEvent.detail).where(AuditEvent.action == "decide")).all()
    assert [one["verdict"] for one in said] == ["not_applicable", "needs_action"]


def test_needs_are_changed_dropped_and_added_before_looking_again(base: Session, code: str) -> None:
    verdicts.decide(base, ANNA, code, "L-2", APPLIES)
    needs.change(base, ANNA, code, 2, NeedKind.PHASE, "The quay is closed in spring.")
    needs.drop(base, ANNA, code, 1)
    assert needs.add(base, ANNA, code, NeedKind.RISK, " Storms\n delay cranes ") == 3
    found = reading.get(base, LOCAL_USER, code)
    assert found.version.looked_at is None
    assert [(one.need.text, one.origin, one.dropped) for one in found.needs] == [
        (NEEDS[0].text, Origin.READ, True),
        ("The quay is closed in spring.", Origin.EDITED, False),
        ("Storms delay cranes", Origin.ADDED, False),
    ]
    _keep(base, code, "L-1")
    found = reading.get(base, LOCAL_USER, code)
    # What somebody decided about stays, behind what was found now.
    assert [(one.item.ref, len(one.matches)) for one in found.entries] == [("L-1", 1), ("L-2", 0)]
    assert [one.answered for one in found.needs] == [None, True, False]
    with pytest.raises(InvalidError):
        needs.add(base, ANNA, code, NeedKind.RISK, " ")
    with pytest.raises(NotFoundError):
        needs.drop(base, ANNA, code, 9)


def test_what_was_looked_up_twice_is_kept_once(base: Session, code: str) -> None:
    _keep(base, code, "L-2")
    assert _refs(base, code) == ["L-1", "L-2", "L-3"]
    drawing.look_again(base, ANNA, code)
    needs.drop(base, ANNA, code, 2)
    stale = Composed(NEEDS, (_entry(base, "L-2"),), (1,))
    drawing.keep(base, LOCAL_USER, code, [1, 2], stale)
    assert reading.get(base, LOCAL_USER, code).version.looked_at is None


def test_a_brief_is_signed_once_every_lesson_has_a_verdict(base: Session, code: str) -> None:
    verdicts.decide(base, BERT, code, "L-1", APPLIES)
    with pytest.raises(ConflictError, match="1 to go"):
        signing.sign(base, BERT, code, "Gate 2")
    verdicts.decide(base, BERT, code, "L-2", APPLIES)
    with pytest.raises(ConflictError, match="1 to go"):
        signing.sign(base, LOCAL_USER, code, "Gate 2")
    verdicts.decide(base, LOCAL_USER, code, "L-3", APPLIES)
    with pytest.raises(InvalidError, match="gate"):
        signing.sign(base, BERT, code, " ")
    signing.sign(base, BERT, code, "Gate 2", "With care.")
    signing.sign(base, LOCAL_USER, code, "Gate 3")
    with pytest.raises(ConflictError, match="already"):
        signing.sign(base, BERT, code, "Gate 2")
    found = reading.get(base, ANNA, code)
    assert [(one.gate, one.by, one.note) for one in found.version.sign_offs] == [
        ("Gate 2", "Bert", "With care."),
        ("Gate 3", "local", ""),
    ]
    assert found.head.signed == found.version.sign_offs[-1]


def test_signing_tells_nothing_of_lessons_that_the_signer_may_not_see(base: Session, code: str) -> None:
    with pytest.raises(ConflictError) as refused:
        signing.sign(base, BERT, code, "Gate 2")
    alone = _begin(base)
    _keep(base, alone, "L-1", "L-2")
    with pytest.raises(ConflictError) as without:
        signing.sign(base, BERT, alone, "Gate 2")
    assert str(refused.value) == str(without.value)
    for ref in ("L-1", "L-2"):
        verdicts.decide(base, BERT, code, ref, APPLIES)
    signing.sign(base, BERT, code, "Gate 2")
    # Whoever sees more sees what is left, and is held up by it.
    found = reading.get(base, LOCAL_USER, code)
    assert (found.progress.decided, found.progress.lessons) == (2, 3)
    assert [found.takes_verdict(one) for one in found.entries] == [False, False, True]
    with pytest.raises(ConflictError, match="1 to go"):
        signing.sign(base, LOCAL_USER, code, "Gate 3")
    verdicts.decide(base, LOCAL_USER, code, "L-3", APPLIES)
    signing.sign(base, LOCAL_USER, code, "Gate 3")
    with pytest.raises(ConflictError, match="stays as it is"):
        verdicts.decide(base, LOCAL_USER, code, "L-3", APPLIES)


def test_a_signed_version_never_changes(base: Session, code: str) -> None:
    _decide_all(base, code)
    signing.sign(base, BERT, code, "Gate 2")
    before = reading.get(base, LOCAL_USER, code)
    for attempt in (
        lambda: verdicts.decide(base, ANNA, code, "L-1", APPLIES),
        lambda: needs.add(base, ANNA, code, NeedKind.RISK, "Storms"),
        lambda: needs.change(base, ANNA, code, 1, NeedKind.RISK, "Storms"),
        lambda: needs.drop(base, ANNA, code, 1),
        lambda: drawing.look_again(base, ANNA, code),
    ):
        with pytest.raises(ConflictError, match="signed"):
            attempt()
    assert reading.get(base, LOCAL_USER, code) == before
    store(base, lesson("Late pumps", ref="L-1"))  # the others are withdrawn with their file
    after = reading.get(base, LOCAL_USER, code)
    assert [one.withdrawn for one in after.entries] == [False, True, True]
    assert after.progress == before.progress


def test_what_was_withdrawn_before_the_signature_is_no_part_of_it(base: Session, code: str) -> None:
    for ref in ("L-1", "L-2"):
        verdicts.decide(base, ANNA, code, ref, APPLIES)
    store(base, lesson("Late pumps", ref="L-1"), lesson("Late cranes", ref="L-2"))
    signing.sign(base, LOCAL_USER, code, "Gate 2")
    found = reading.get(base, LOCAL_USER, code)
    assert [one.item.ref for one in found.entries] == ["L-1", "L-2"]
    assert (found.progress, found.head.progress) == (Progress(2, 2), Progress(2, 2))


def test_the_next_version_takes_verdicts_on_unchanged_lessons_over(base: Session, code: str) -> None:
    needs.add(base, ANNA, code, NeedKind.RISK, "Storms")
    _keep(base, code, "L-1", "L-2")
    _decide_all(base, code)
    with pytest.raises(ConflictError, match="not signed"):
        drawing.renew(base, ANNA, code, "")
    signing.sign(base, BERT, code, "Gate 2")
    _rewrite(base, "Late cranes", body="Cranes were late again.")
    assert drawing.renew(base, ANNA, code, "The base grew.") == 2
    _keep(base, code, "L-2", "L-1", "L-3")
    found = reading.get(base, LOCAL_USER, code)
    assert [(one.item.ref, one.decided is not None, one.earlier is not None) for one in found.entries] == [
        ("L-2", False, True),
        ("L-1", True, False),
        ("L-3", False, False),
    ]
    assert [one.need.text for one in found.needs] == [NEEDS[0].text, NEEDS[1].text, "Storms"]
    assert _refs(base, code, number=1) == ["L-1", "L-2"]
    assert not reading.get(base, ANNA, code, 1).open
    with pytest.raises(NotFoundError):
        reading.get(base, ANNA, code, 3)


def test_another_charter_makes_another_version_with_what_people_added(base: Session, code: str) -> None:
    needs.add(base, ANNA, code, NeedKind.RISK, "Storms")
    charter = CharterDraft(
        "Cranes come by sea.", (Need(NeedKind.DELIVERABLE, "Cranes come by sea."),), "c.md"
    )
    assert drawing.renew(base, ANNA, code, "Scope changed", charter) == 2
    found = reading.get(base, ANNA, code)
    assert [(one.number, one.need.text) for one in found.needs] == [(1, "Cranes come by sea."), (2, "Storms")]
    assert (found.version.source_name, found.version.reason) == ("c.md", "Scope changed")
    assert [one.number for one in found.versions] == [2, 1]
    with pytest.raises(ConflictError, match="the charter that"):
        drawing.renew(base, ANNA, code, "", charter)


def test_what_became_of_lessons_is_told(base: Session, code: str) -> None:
    assert signing.since(base, ANNA, code) == signing.Since((), ())
    looked = reading.get(base, ANNA, code).version.looked_at
    assert looked is not None
    assert not signing.base_changed(base, ANNA, looked)
    _rewrite(base, "Late pumps", body="Pumps were late again.")
    base.expire_all()
    assert [one.ref for one in signing.since(base, ANNA, code).changed] == ["L-1"]
    assert signing.base_changed(base, ANNA, looked)
    assert reading.get(base, ANNA, code).entries[0].changed


def test_a_need_that_nothing_answers_becomes_a_knowledge_gap(base: Session, code: str) -> None:
    with pytest.raises(ConflictError):
        needs.offer(base, ANNA, code, 1)
    number = needs.offer(base, ANNA, code, 2)
    assert needs.offer(base, ANNA, code, 2) == number
    assert gaps.get(base, ANNA, number).title == NEEDS[1].text
    assert reading.get(base, ANNA, code).needs[1].gap == number
    again = _begin(base)
    _keep(base, again)
    assert needs.offer(base, ANNA, again, 2) == number
    gaps.keep(base, (), ())
    assert gaps.get(base, ANNA, number).title == NEEDS[1].text


def test_each_brief_has_one_voice_on_a_lesson(base: Session, code: str) -> None:
    one, two = (items.get(base, LOCAL_USER, ref).head.id for ref in ("L-1", "L-2"))
    verdicts.decide(base, ANNA, code, "L-1", Decision(Verdict.NOT_APPLICABLE, "No pumps."))
    verdicts.decide(base, ANNA, code, "L-1", APPLIES)
    other = _begin(base)
    _keep(base, other, "L-1", "L-2")
    verdicts.decide(base, ANNA, other, "L-1", Decision(Verdict.NEEDS_ACTION, "", "Bert", date(2027, 1, 1)))
    verdicts.decide(base, ANNA, other, "L-2", Decision(Verdict.NOT_APPLICABLE, "No cranes."))
    hidden = _begin(base, LOCAL_USER, classification=Classification.CONFIDENTIAL)
    _keep(base, hidden, "L-2")
    verdicts.decide(base, LOCAL_USER, hidden, "L-2", APPLIES)
    why = (NEEDS[0].text,)
    assert verdicts.voices(base, ANNA, [one, two]) == {
        one: (Voice(True, why), Voice(True, why)),
        two: (Voice(False, why),),
    }
    assert verdicts.voices(base, ANNA, [one, two], besides=other) == {one: (Voice(True, why),)}
    assert [voice.useful for voice in verdicts.voices(base, LOCAL_USER, [two])[two]] == [True, False]


def test_every_write_is_audited(base: Session, code: str) -> None:
    before = audit.latest(base)
    number = base.scalar(select(func.count()).select_from(AuditEvent))
    reading.get(base, ANNA, code)
    assert audit.latest(base) == before
    verdicts.decide(base, ANNA, code, "L-1", APPLIES)
    drawing.look_again(base, ANNA, code)
    assert base.scalar(select(func.count()).select_from(AuditEvent)) == (number or 0) + 2
