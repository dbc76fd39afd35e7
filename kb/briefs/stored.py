"""A brief as it is kept: versions of needs, entries and what people decided about them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kb.briefs.values import Need
from kb.items import ItemSummary
from kb.values import ItemId, Locator
from kb.vocabulary import Classification, Kind, Verdict


class Origin(StrEnum):
    """Where a need comes from."""

    READ = "read"
    """The charter says it."""
    EDITED = "edited"
    """The charter says it; somebody put it into other words."""
    ADDED = "added"
    """Somebody added it."""


@dataclass(frozen=True, slots=True)
class StoredNeed:
    """A need of a brief."""

    number: int
    """Counted from 1."""
    need: Need
    origin: Origin
    dropped: bool
    """Whether people found that it matters not."""
    answered: bool | None
    """None until it was looked up."""
    gap: int | None
    """Number of the knowledge gap that it was offered as."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody makes of a lesson for the project."""

    verdict: Verdict
    rationale: str = ""
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with who made it."""

    decision: Decision
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """Why an item is in a brief: the passage that answers a need, as it read when it was found."""

    need: int
    """The need's number."""
    relevance: float
    passage: int
    """Its ordinal within the item."""
    headings: str
    text: str
    locator: Locator


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An item of a brief."""

    item: ItemSummary
    version: int
    """Of the item, when it was found or decided about."""
    changed: bool
    """Whether it says something else by now."""
    withdrawn: bool
    matches: tuple[StoredMatch, ...]
    """The most relevant first; none when a person dropped the needs that it answered."""
    alike: tuple[ItemId, ...]
    decided: Decided | None
    earlier: Decided | None
    """What was decided while the item said something else; None when that still counts."""

    @property
    def asks(self) -> bool:
        """Whether it needs a verdict."""
        return self.item.kind is Kind.LESSON

    @property
    def needs_action(self) -> bool:
        """Whether it was decided that something has to be done about it."""
        return self.decided is not None and self.decided.decision.verdict is Verdict.NEEDS_ACTION


@dataclass(frozen=True, slots=True)
class SignOff:
    """Somebody stands for a version at a gate."""

    gate: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a brief's lessons have a verdict."""

    lessons: int
    decided: int

    @property
    def complete(self) -> bool:
        """Whether nothing is left to decide."""
        return self.decided >= self.lessons


@dataclass(frozen=True, slots=True)
class BriefSummary:
    """A brief as lists show it."""

    code: str
    title: str
    project: str
    """Empty when none was named."""
    classification: Classification
    version: int
    """The newest."""
    created_by: str
    created_at: datetime
    progress: Progress
    """Of the newest version, as far as the reader may see its lessons."""
    signed: SignOff | None
    """The last sign-off of the newest version."""


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A state of a brief."""

    number: int
    reason: str
    """Why it was opened."""
    source_name: str
    """Of the charter's file; empty when it was pasted."""
    charter_digest: str
    made_by: str
    made_at: datetime
    looked_by: str
    looked_at: datetime | None
    """None until its needs were looked up."""
    sign_offs: tuple[SignOff, ...]

    @property
    def frozen(self) -> bool:
        """Whether somebody stands for it: it never changes again."""
        return bool(self.sign_offs)


@dataclass(frozen=True, slots=True)
class StoredBrief:
    """A brief at one version."""

    head: BriefSummary
    version: VersionSummary
    versions: tuple[VersionSummary, ...]
    """All, the newest first."""
    needs: tuple[StoredNeed, ...]
    """Dropped ones too."""
    entries: tuple[StoredEntry, ...]
    """By likely consequence; only what the reader may see."""
    progress: Progress

    @property
    def newest(self) -> bool:
        """Whether there is no later version."""
        return self.version.number == self.head.version

    @property
    def open(self) -> bool:
        """Whether it can still change."""
        return self.newest and not self.version.frozen

    def takes_verdict(self, entry: StoredEntry) -> bool:
        """Whether *entry* can be decided about: in a signed version, if its signers could not see it."""
        undecided = self.newest and entry.decided is None
        return entry.asks and not entry.withdrawn and (self.open or undecided)

    @property
    def wanted(self) -> tuple[StoredNeed, ...]:
        """The needs that were not dropped."""
        return tuple(one for one in self.needs if not one.dropped)

    @property
    def unanswered(self) -> tuple[StoredNeed, ...]:
        """Needs that nothing here answers well."""
        return tuple(one for one in self.wanted if one.answered is False)
