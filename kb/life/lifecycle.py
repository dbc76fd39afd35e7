"""The life of a lesson as a state machine: from an observation to a lesson that was learned.

States and their meaning are NATO's: *learned* is a lesson whose remedial actions are done and were found
to work by somebody other than their owners. See docs/lessons.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from kb.access import Permission
from kb.errors import ConflictError
from kb.vocabulary import Status, label


class Move(StrEnum):
    """What can be done to a lesson."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    REJECT = "reject"
    ENDORSE = "endorse"
    ACT = "act"
    LEARN = "learn"
    EDIT = "edit"
    RECUR = "recur"
    SUPERSEDE = "supersede"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Rule:
    """From where a move leads where, and who may make it."""

    origins: frozenset[Status]
    result: Status
    permission: Permission
    label: str
    """What it is called on a button."""
    reason: bool = False
    """Whether a reason must be given."""
    by_hand: bool = True
    """Whether people ask for it; if not, it follows from something else that they do."""


_D, _S, _R = Status.DRAFT, Status.SUBMITTED, Status.RETURNED
_E, _A, _L = Status.ENDORSED, Status.IN_ACTION, Status.LEARNED
_X, _O = Status.REJECTED, Status.SUPERSEDED
_WRITE, _REVIEW = Permission.CONTRIBUTE, Permission.REVIEW

RULES: dict[Move, Rule] = {
    Move.SUBMIT: Rule(frozenset({_D, _R}), _S, _WRITE, "Submit for review"),
    Move.WITHDRAW: Rule(frozenset({_S, _R}), _D, _WRITE, "Take back to draft"),
    Move.RETURN: Rule(frozenset({_S}), _R, _REVIEW, "Return with a question", reason=True),
    Move.REJECT: Rule(frozenset({_S, _R}), _X, _REVIEW, "Reject", reason=True),
    Move.ENDORSE: Rule(frozenset({_S}), _E, _REVIEW, "Endorse"),
    Move.ACT: Rule(frozenset({_E}), _A, _WRITE, "Begin action", by_hand=False),
    Move.LEARN: Rule(frozenset({_A}), _L, _REVIEW, "Declare learned"),
    Move.EDIT: Rule(frozenset({_E, _A, _L}), _S, _WRITE, "Edit", by_hand=False),
    Move.RECUR: Rule(frozenset({_A, _L}), _E, _WRITE, "Record a recurrence", reason=True, by_hand=False),
    Move.SUPERSEDE: Rule(frozenset({_S, _E, _A, _L}), _O, _REVIEW, "Supersede", reason=True),
    Move.REOPEN: Rule(frozenset({_X, _O}), _S, _REVIEW, "Reopen", reason=True),
}
"""All there is: what is not here can't happen."""


def after(status: Status, move: Move) -> Status:
    """Where *move* leads from *status*. Raises ConflictError when it leads nowhere from there."""
    rule = RULES[move]
    if status not in rule.origins:
        names = " or ".join(label(origin).lower() for origin in sorted(rule.origins))
        raise ConflictError(
            f"{rule.label!r} is for lessons that are {names}; this one is {label(status).lower()}."
        )
    return rule.result


def possible(status: Status, permissions: Collection[Permission]) -> list[Move]:
    """What people with *permissions* can ask for in *status*, in the order of a lesson's life."""
    return [
        move
        for move, rule in RULES.items()
        if rule.by_hand and status in rule.origins and rule.permission in permissions
    ]
