"""Hours of continuing professional development, as the API gives them."""

from datetime import date

from pydantic import Field

from kb.learning.cpd import Line, Scheme
from kb.learning.values import Activity, Side
from web.learning.crediting import Credits
from web.learning.record_schemas import CompletionOut
from web.schemas import Out


class RuleOut(Out):
    """How many hours of some kind a body asks for at least, or counts at most."""

    name: str
    group: str = Field(description="education, giving_back, formal or informal; empty for any.")
    side: Side | None
    activity: Activity | None
    least: float | None
    most: float | None


class SchemeOut(Out):
    """What a body asks of those who hold some of its certificates, as published; check with the body."""

    key: str
    name: str
    unit: str
    certificates: list[str]
    months: int = Field(description="Of a cycle.")
    total: float
    rules: list[RuleOut]
    activities: int = Field(description="Different ways of learning at least.")
    reflection: bool = Field(description="Whether it asks what came of each piece of learning.")
    source: str
    url: str
    checked: date

    @staticmethod
    def of(scheme: Scheme) -> "SchemeOut":
        """From a scheme."""
        return SchemeOut.model_validate(scheme)


class LineOut(Out):
    """A rule, and what there is."""

    rule: RuleOut
    hours: float
    counted: float
    missing: float

    @staticmethod
    def of(line: Line) -> "LineOut":
        """From a line."""
        return LineOut(
            rule=RuleOut.model_validate(line.rule),
            hours=line.hours,
            counted=line.counted,
            missing=line.missing,
        )


class CreditsOut(Out):
    """How somebody stands in a cycle of a scheme."""

    learner: int
    name: str
    scheme: SchemeOut
    start: date
    end: date = Field(description="The last day.")
    certificate: str = Field(description="What the cycle belongs to; empty when no such certificate is kept.")
    total: float = Field(description="That counts.")
    lines: list[LineOut]
    missing: list[str] = Field(description="What is still asked for.")
    counted: list[CompletionOut] = Field(description="What counts, the newest first.")
    left_out: list[CompletionOut] = Field(description="What failed, or has no hours.")

    @staticmethod
    def of(found: Credits) -> "CreditsOut":
        """From where somebody stands."""
        standing = found.standing
        return CreditsOut(
            learner=found.person.number,
            name=found.person.name,
            scheme=SchemeOut.of(standing.scheme),
            start=standing.start,
            end=standing.end,
            certificate=standing.certificate,
            total=standing.total,
            lines=[LineOut.of(line) for line in standing.lines],
            missing=list(standing.missing),
            counted=[CompletionOut.model_validate(one) for one in standing.counted],
            left_out=[CompletionOut.model_validate(one) for one in standing.left_out],
        )
