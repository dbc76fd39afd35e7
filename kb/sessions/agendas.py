"""How lessons sessions go, by occasion: after the practice HS-P-006 and the guides HS-D-201 and HS-D-202."""

from dataclasses import dataclass

from kb.vocabulary import SessionKind


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a session of one kind begins with; each may be changed."""

    purpose: str
    """When to hold one, in a sentence."""
    steps: tuple[str, ...]
    prompts: tuple[str, ...]
    """Questions that help people to remember."""
    anonymous: bool = False
    """Whether people speak more freely without their names."""
    votes: int = 3


AGENDAS: dict[SessionKind, Agenda] = {
    SessionKind.AFTER_ACTION: Agenda(
        "Twenty minutes directly after a shift, a release, an outage or a meeting, led from inside the team.",
        (
            "0–4 What did we mean to do?",
            "4–10 What happened? Times and facts, from several places; whoever did the work speaks first",
            "10–15 Why was there a difference, for better or worse?",
            "15–20 What do we keep, what do we change: who, by when? Three things at most",
        ),
        (
            "What did we mean to do, and by when?",
            "What went better than expected, and would it again?",
            "What made that the sensible thing to do at the time?",
            "What do we keep, and what does somebody change tomorrow?",
        ),
    ),
    SessionKind.STAGE_END: Agenda(
        "Ninety minutes within two weeks of a milestone, a gate or a release, led from outside the team.",
        (
            "0–10 The rule: conditions and decisions, no names, no blame",
            "10–25 What was meant to happen? Plan beside actual, from the facts",
            "25–45 What did happen? What went better than expected comes first; three notes each, in silence",
            "45–65 Why was there a difference? The three largest gaps and one success; vote on the notes",
            "65–85 What shall others do? Who does what, when; when it applies, and its early signs",
            "85–90 At most five lessons, each with an owner and a target",
        ),
        (
            "What did you expect at this point, and what made you expect it?",
            "When did somebody first know, and what happened with what they knew?",
            "What made that the sensible thing to do?",
            "If the next team has the same pressure, what would let them act otherwise?",
        ),
    ),
    SessionKind.PROJECT_END: Agenda(
        "Ninety minutes at closure or when a project is stopped, with a user and a supplier in the room.",
        (
            "0–10 The rule: conditions and decisions, no names, no blame; who decides on the results when",
            "10–25 The time line: what was planned, what came; cost, dates, defects, benefits",
            "25–45 What did happen? What went better than expected comes first; three notes each, in silence",
            "45–65 Why was there a difference? The three largest gaps and one success; vote on the notes",
            "65–85 What shall other projects do? Who does what, when; when it applies, and its early signs",
            "85–90 At most five lessons, each with an owner and a change to a template, process or course",
        ),
        (
            "If you could change one thing in the first month, what would it be?",
            "What worked that you did not expect to work? What must be removed for it not to work again?",
            "Which decision would you take again, and which not, knowing what was known that day?",
            "Where else in this organisation could that be true?",
            "Which template, process or course should be different now?",
        ),
        anonymous=True,
        votes=5,
    ),
    SessionKind.INTERVIEW: Agenda(
        "Thirty to forty-five minutes with somebody who leaves, or who will not say it in a group.",
        (
            "0–5 What becomes of the answers: roles, no names; the text is shown before it is kept",
            "5–15 The story: what you were asked to do, and how it went",
            "15–30 Two turning points: what was known, what was decided, what followed",
            "30–40 What you would tell whoever does it next; what nobody has asked you",
        ),
        (
            "What did you know that others did not?",
            "When did it become clear that it would go otherwise than planned?",
            "What would you do in the first month if you began again?",
            "What should whoever comes after you not have to find out alone?",
        ),
        votes=0,
    ),
}
"""What each kind begins with."""
