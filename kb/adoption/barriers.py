"""The barrier check: what most often keeps a practice from moving, a question and a counter-measure on each.

The barriers are those that G. Szulanski found to matter most: "Exploring internal stickiness: Impediments to
the transfer of best practice within the firm", Strategic Management Journal, 1996. Questions and
counter-measures are ours.
"""

from dataclasses import dataclass

from kb.adoption.values import Barrier


@dataclass(frozen=True, slots=True)
class Check:
    """What is asked about a barrier, and what helps against it."""

    question: str
    low: str
    """The answer that means no barrier."""
    some: str
    high: str
    counter: str
    """What to do, as the headline of a step."""
    how: str


CHECKS: dict[Barrier, Check] = {
    Barrier.ABSORPTIVE_CAPACITY: Check(
        "Can the team take in something new of this kind?",
        "It has done something like it",
        "Some of its people have",
        "It has not, or is changing other things too",
        "Make room to learn: one trained person, and no other change at the same time",
        "Name one person who learns first and teaches the others, put off one other change, and begin with "
        "the smallest part of the practice that is of use by itself.",
    ),
    Barrier.CAUSAL_AMBIGUITY: Check(
        "Does the team know why the practice works where it works?",
        "Yes, and it can say what must not be left out",
        "Roughly",
        "No; it sees only what is done",
        "Find out why it works: talk to a team that uses it, and mark what must not be changed",
        "Ask a team that uses the practice what it tried to leave out and what happened then. Keep those "
        "parts as they are for the first three rounds; adapt the others.",
    ),
    Barrier.RELATIONSHIP: Check(
        "Is there somebody with experience of it whom the team can ask?",
        "Yes, near and willing",
        "Yes, but far away or busy",
        "Nobody, or relations are strained",
        "Agree on somebody experienced to ask, with fixed hours",
        "Agree with that person and their manager on an hour a week until the first good results; a peer "
        "from another project serves better than an authority.",
    ),
    Barrier.RESOURCES: Check(
        "Are time and money set aside for it?",
        "Yes, to the end of the plan",
        "For the beginning",
        "No; it is to be done on the side",
        "Have the effort of this plan released by the line managers, in writing",
        "Take the person-days of the plan by person and month to the line managers. What is not released "
        "is taken out of the plan, and the dates move; it is not done on the side.",
    ),
    Barrier.MOTIVATION: Check(
        "Does the team want it?",
        "It asked for it",
        "It is willing",
        "It was told to, or loses something by it",
        "Find out what the team loses by it and what it would gain, and change the plan accordingly",
        "Talk to three people who are against it, one at a time. Change at least one thing at their "
        "request and say so; choose a first use that saves them work within a month.",
    ),
}
