"""Learning paths: how they are asked for over HTTP, and how they are given."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kb.errors import InvalidError
from kb.learning.kept import Quotation
from kb.learning.values import Required, Rise
from kb.vocabulary import TrainingFormat
from search.paths.values import Measure, Wish
from web.addresses import item_url, query_string
from web.learning.cases import TEACHING, Asked
from web.learning.framework_schemas import GapOut
from web.learning.learning_paths import Found, unmet, ways
from web.learning.telling import Option, Stop
from web.schemas import ItemOut, Out


def filled(value: object) -> object:
    """What a form leaves empty is not said."""
    return None if value == "" else value


def all_filled(value: object) -> object:
    """Of several fields, those that a form leaves empty are not said."""
    return [one for one in value if one != ""] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType] - whatever the address holds


Amount = Annotated[Annotated[float, Field(ge=0, le=1e9)] | None, BeforeValidator(filled)]
Texts = Annotated[list[str], BeforeValidator(all_filled)]
Level = Annotated[str, Field(pattern=r"^[^=]{1,200}=[1-5]$", examples=["scheduling=3"])]
"""A competence with the level that is wanted."""


class PathQuery(BaseModel):
    """What is asked of a learning path."""

    model_config = ConfigDict(extra="ignore")

    role: Texts = Field(
        default=[], max_length=5, description="Roles to be reached, by reference or name; may be repeated."
    )
    competence: Annotated[list[Level], BeforeValidator(all_filled)] = Field(
        default=[], max_length=60, description="Competences to be reached too, as NAME=LEVEL."
    )
    start: Texts = Field(
        default=[], max_length=5, description="Roles whose levels are taken as held; may be repeated."
    )
    learner: Annotated[Annotated[int, Field(ge=1, le=2**53)] | None, BeforeValidator(filled)] = Field(
        default=None, description="Number of a learner, whose levels are held."
    )
    team: str = Field(
        default="", max_length=200, description="A team, for all of whom it is to be enough; see also `who`."
    )
    done: Texts = Field(
        default=[], max_length=100, description="References of training that they have taken."
    )
    least: Measure = Field(default=Measure.HOURS, description="What the path is to have least of.")
    hours: Amount = Field(default=None, description="The most hours.")
    cost: Amount = Field(default=None, description="The most that it may cost.")
    weeks: Amount = Field(default=None, description="The most weeks.")
    pace: Annotated[Annotated[float, Field(gt=0, le=100)] | None, BeforeValidator(filled)] = Field(
        default=None, description="Hours of learning in a week; 4 unless said."
    )
    language: Texts = Field(default=[], max_length=20, description="Languages of training; any unless said.")
    format: Annotated[list[TrainingFormat], BeforeValidator(all_filled)] = Field(
        default=[], max_length=10, description="Formats of training; any that teaches unless said."
    )
    certificates: bool = Field(
        default=False, description="Whether certificates and assessments count as training."
    )
    unknown: bool = Field(
        default=False,
        description="Whether training without stated hours or cost is taken, as if it had none.",
    )
    project: Texts = Field(
        default=[], max_length=20, description="Projects whose lessons are to justify training first."
    )
    take: Texts = Field(
        default=[], max_length=100, description="References of training that is to be taken in any case."
    )
    without: Texts = Field(
        default=[], max_length=100, description="References of training that is not to be taken."
    )

    def asked(self) -> Asked:
        """As a value."""
        budgets = {Measure.HOURS: self.hours, Measure.COST: self.cost, Measure.WEEKS: self.weeks}
        wish = Wish(
            {},
            least=self.least,
            budget={measure: most for measure, most in budgets.items() if most is not None},
            pace=self.pace or Wish({}).pace,
            languages=frozenset(self.language),
            formats=self._formats(),
            unknown=self.unknown,
            required=frozenset(self.take),
            forbidden=frozenset(self.without),
        )
        levels = (one.rpartition("=") for one in self.competence)
        return Asked(
            tuple(self.role),
            tuple(self.start),
            self.learner,
            tuple(self.done),
            tuple(self.project),
            tuple(Required(name.strip(), int(level), "") for name, _, level in levels),
            self.team,
            wish,
        )

    def _formats(self) -> frozenset[str]:
        if self.format:
            return frozenset(str(one) for one in self.format)
        return frozenset() if self.certificates else TEACHING

    def said(self) -> dict[str, Any]:
        """What was said, as JSON has it."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def query(self) -> str:
        """As a query string."""
        return query_string(self.said())

    def widened(self) -> "PathQuery":
        """The same with certifications as requirements, whatever is known of their hours."""
        return self.model_copy(update={"certificates": True, "unknown": True})

    def fields(self) -> list[tuple[str, str]]:
        """As fields of a form."""
        return parse_qsl(self.query().removeprefix("?"))

    @staticmethod
    def read(given: Mapping[str, Any]) -> "PathQuery":
        """From what was typed or kept. Raises InvalidError."""
        try:
            return PathQuery.model_validate(given)
        except ValidationError as error:
            fault = error.errors()[0]
            raise InvalidError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}.") from error

    @staticmethod
    def of_fields(fields: Mapping[str, list[str]]) -> "PathQuery":
        """From the fields of a form. Raises InvalidError."""
        many = {name for name, field in PathQuery.model_fields.items() if field.get_default() == []}
        return PathQuery.read(
            {name: given if name in many else given[-1] for name, given in fields.items() if given}
        )


class RiseOut(Out):
    """What a course adds to a level."""

    competence: str
    before: int
    after: int
    wanted: int = Field(description="The level of the goal; 0 when it is no part of it.")

    @staticmethod
    def of(rise: Rise) -> "RiseOut":
        """From a rise."""
        return RiseOut.model_validate(rise)


class QuoteOut(Out):
    """The passage that shows what training teaches."""

    text: str
    place: str = Field(description="The headings above it.")
    competence: str
    url: str = Field(description="The passage on the page of its item.")

    @staticmethod
    def of(quote: Quotation, ref: str) -> "QuoteOut":
        """From a quotation of the training *ref*."""
        return QuoteOut(
            text=quote.text,
            place=quote.headings,
            competence=quote.competence,
            url=item_url(ref, passage=quote.passage),
        )


class StopOut(Out):
    """A step of a path."""

    ref: str
    title: str
    provider: str
    hours: float | None
    cost: float | None
    currency: str
    closes: list[RiseOut] = Field(description="Gaps of the goal.")
    adds: list[RiseOut] = Field(description="What else is learned.")
    opens: list[str] = Field(description="Titles of later steps that wait for it.")
    conditions: list[str] = Field(description="What it asks for that only people can say.")
    shown_by: QuoteOut | None
    lessons: list[ItemOut] = Field(description="Lessons that make it worth learning.")
    own_lessons: list[str] = Field(
        description="References of those that come from the learner's own projects; the others are general."
    )
    who: list[str] = Field(description="Those of a team who need it.")
    url: str

    @staticmethod
    def of(stop: Stop) -> "StopOut":
        """From a step."""
        offer = stop.offer
        return StopOut(
            ref=offer.ref,
            title=offer.title,
            provider=offer.provider,
            hours=offer.hours,
            cost=offer.cost,
            currency=offer.currency,
            closes=[RiseOut.of(rise) for rise in stop.closes],
            adds=[RiseOut.of(rise) for rise in stop.adds],
            opens=list(stop.opens),
            conditions=list(stop.conditions),
            shown_by=QuoteOut.of(stop.quote, offer.ref) if stop.quote else None,
            lessons=[ItemOut.of(lesson) for lesson in stop.lessons],
            own_lessons=list(stop.own),
            who=list(stop.who),
            url=item_url(offer.ref),
        )


class OptionOut(Out):
    """One way to the goal."""

    hours: float
    cost: float = Field(description="Of training whose cost is known.")
    weeks: float = Field(description="One after the other, at the pace asked.")
    bound: float = Field(description="No such way has less of what was to be least: proven.")
    unstated: list[str] = Field(
        description="References of steps of which nobody states the hours: they count none."
    )
    steps: list[StopOut]

    @staticmethod
    def of(option: Option) -> "OptionOut":
        """From an option."""
        path = option.path
        return OptionOut(
            hours=path.hours,
            cost=path.cost,
            weeks=path.weeks,
            bound=path.bound,
            unstated=[offer.ref for offer in option.unstated],
            steps=[StopOut.of(stop) for stop in option.stops],
        )


class PathsOut(Out):
    """The ways to a goal, or why there is none."""

    goal: str = Field(description="What they lead to, in words.")
    roles: list[str]
    missing: list[GapOut] = Field(description="What is missing for the goal, the widest first.")
    options: list[OptionOut] = Field(description="The best first; the others differ from it.")
    unmet: list[str] = Field(description="Levels that nothing leads to.")
    ways: list[str] = Field(description="When there is no path: what to give up for one; each is enough.")
    widened: bool = Field(
        description="Whether the options need certifications of which nobody states the hours."
    )

    @staticmethod
    def of(found: Found) -> "PathsOut":
        """From what was found."""
        return PathsOut(
            goal=found.goal,
            roles=list(found.roles),
            missing=[GapOut.of(gap) for gap in found.missing],
            options=[OptionOut.of(option) for option in found.options],
            unmet=unmet(found.blocked),
            ways=ways(found.asked, found.blocked),
            widened=found.widened,
        )
