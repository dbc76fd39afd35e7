"""The models that a base can search with: the one of the settings, and those it was trained into."""

from datetime import datetime

from pydantic import Field
from sqlalchemy.orm import Session

from kb.searching import encoders
from kb.searching.encoders import Kept
from web.schemas import Out


class FigureOut(Out):
    """A measure on one set of queries."""

    queries: str = Field(description="Name of the set.")
    measure: str = Field(examples=["nDCG@10"])
    before: float = Field(description="With the model that was in use.")
    after: float = Field(description="With this one.")
    p_value: float = Field(description="How likely chance alone gives a difference as large.")


class TrainingOut(Out):
    """How a model was trained, and what it was worth."""

    made_at: datetime
    made_by: str
    pairs: int = Field(description="Pairs of texts it was trained on.")
    steps: int
    seconds: float
    share: float = Field(description="Of the trained weights; the rest is as they were before.")
    better: bool = Field(description="Whether it passed the comparison with the model that was in use.")
    verdict: str = Field(description="The outcome of the comparison, as a sentence.")
    figures: list[FigureOut]


class ModelOut(Out):
    """A model that texts are embedded with."""

    name: str = Field(examples=["original"])
    in_use: bool
    trained_from: str = Field(description="The model of the settings.")
    training: TrainingOut | None = Field(description="None for the model of the settings as it came.")

    @staticmethod
    def of(kept: Kept) -> "ModelOut":
        """From our own value."""
        adapted = kept.adapted
        recipe = adapted.recipe
        training = TrainingOut(
            made_at=kept.made_at,
            made_by=kept.made_by,
            pairs=recipe.pairs,
            steps=recipe.steps,
            seconds=recipe.seconds,
            share=recipe.share,
            better=adapted.better,
            verdict=adapted.verdict,
            figures=[FigureOut.model_validate(figure) for figure in adapted.figures],
        )
        return ModelOut(
            name=adapted.name, in_use=kept.in_force, trained_from=adapted.setting, training=training
        )


def read(session: Session, setting: str) -> list[ModelOut]:
    """The models that there are where the settings say *setting*, newest first, the original last."""
    found = [ModelOut.of(one) for one in encoders.kept(session) if one.adapted.setting == setting]
    unused = not any(one.in_use for one in found)
    return [*found, ModelOut(name=encoders.ORIGINAL, in_use=unused, trained_from=setting, training=None)]
