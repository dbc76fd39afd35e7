"""Training an encoder further on pairs of texts, in a given time. Needs torch, as `search.compile` does."""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from kb.searching.pairs import Pair
from search.ports import Encoder, Matrix, Vector

BATCH = 64
"""Pairs in a step at most: each query is told from the texts of all others."""
_RATE = 2e-5
"""Learning rate at its height; a higher one learns the pairs and forgets the language."""
_WARMING = 0.1
"""Share of the training in which the learning rate rises."""
_SCALE = 20.0
"""Of cosines before the softmax, as all-MiniLM-L6-v2 was trained."""
_TOKENS = 128
"""Of a text, at most: steps on longer ones take twice the time."""
_AS_GOOD = 0.01
"""By how much a mixture may be worth less than the best one and be taken because it changes less."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to."""

    steps: int
    seconds: float


Progress = Callable[[int, int], None]
"""Told steps, done and in all."""
Negatives = Callable[[Sequence[Pair]], Sequence[str | None]]
"""Gives for each pair of a step a text that does not answer it, or None."""


def no_negatives(step: Sequence[Pair]) -> list[None]:
    """Leave each query of *step* to be told from the other texts of the step."""
    return [None] * len(step)


def train(
    source: str,
    pairs: Sequence[Pair],
    folder: Path,
    seconds: float,
    *,
    negatives: Negatives = no_negatives,
    progress: Progress = lambda done, total: None,
) -> Trained:
    """Train the model at *source* on each of *pairs* once, for *seconds* at most, and save it in *folder*.

    The learning rate follows the steps or the time, whichever is further, so that it has come down when the
    time is up. Raises OSError when *folder* can't be written to.
    """
    import torch
    from sentence_transformers import SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

    model = _load(source)
    length, model.max_seq_length = model.max_seq_length, min(model.max_seq_length, _TOKENS)
    # Half of the weights are the words' vectors; so few steps change them little, and take time for it.
    model[0].auto_model.embeddings.requires_grad_(False)
    steps = max(1, len(pairs) // BATCH)
    clock = Clock(steps, seconds)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=_RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, clock.rate)

    class Watch(TrainerCallback):
        """Tells the progress and ends the training in time."""

        def on_step_end(
            self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
        ) -> None:
            progress(state.global_step, clock.expected(state.global_step))
            control.should_training_stop = clock.done(state.global_step) >= 1

    ordered = list(arrange(pairs))
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        trainer: Any = SentenceTransformerTrainer(
            model=model,
            args=_arguments(scratch, steps),
            train_dataset=_places(len(ordered)),
            data_collator=_collator(model, ordered, negatives),
            loss=MultipleNegativesRankingLoss(model, scale=_SCALE),
            optimizers=(optimizer, schedule),
            callbacks=[Watch()],
        )
        trainer.train()
    model.max_seq_length = length
    model.save(str(folder), create_model_card=False)
    return Trained(trainer.state.global_step, clock.elapsed())


def blend(
    original: str,
    trained: Path,
    shares: Sequence[float],
    worth: Callable[[Encoder], float],
    folder: Path,
) -> float:
    """Save in *folder* the best mixture of two models' weights, and give its share of the trained ones.

    The mixture keeps more of what the original knew than training alone does (WiSE-FT; Wortsman et al. 2022).
    The best is the one with the smallest share whose *worth* is hardly less than the most.
    """
    model, theirs, ours = _load(str(trained)), _load(original).state_dict(), _load(str(trained)).state_dict()

    def mix(share: float) -> None:
        model.load_state_dict(
            {
                name: theirs[name].lerp(tensor, share) if tensor.is_floating_point() else tensor
                for name, tensor in ours.items()
            }
        )

    found: dict[float, float] = {}
    for share in sorted(shares):
        mix(share)
        found[share] = worth(_TorchEncoder(model))
    best = min(share for share in found if found[share] >= max(found.values()) - _AS_GOOD)
    mix(best)
    model.save(str(folder), create_model_card=False)
    return best


def arrange(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """*pairs* shuffled so that those of one item stand far apart: round by round, one of each item.

    They answer each other, and must not meet in a step.
    """
    shuffled = list(pairs)
    random.Random(_SEED).shuffle(shuffled)  # noqa: S311 - nothing secret
    waiting: dict[int, list[Pair]] = {}
    for pair in shuffled:
        waiting.setdefault(pair.item, []).append(pair)
    while waiting:
        for item in list(waiting):
            yield waiting[item].pop()
            if not waiting[item]:
                del waiting[item]


class Clock:
    """How far a training is, by steps or by time, whichever is further."""

    def __init__(self, steps: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        self._steps = steps
        self._seconds = seconds
        self._now = now
        self._started = now()

    def elapsed(self) -> float:
        """Seconds so far."""
        return self._now() - self._started

    def done(self, step: int) -> float:
        """The share of the training that is over after *step*; 1 = it ends."""
        return max(step / self._steps, self.elapsed() / self._seconds)

    def rate(self, step: int) -> float:
        """The learning rate as a share of its height: it rises, then falls to nothing."""
        done = self.done(step)
        return max(0.0, min((done + 1 / self._steps) / _WARMING, (1 - done) / (1 - _WARMING), 1.0))

    def expected(self, step: int) -> int:
        """How many steps there will be, at the pace so far."""
        return max(step, min(self._steps, round(step * self._seconds / max(self.elapsed(), 1e-9))))


class _TorchEncoder:
    """A model that is not compiled, as an Encoder."""

    def __init__(self, model: Any) -> None:
        self._model = model

    @property
    def model(self) -> str:
        return "being trained"

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Matrix:
        found: Any = self._model.encode_document(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, np.float32)

    def encode_query(self, text: str) -> Vector:
        return self.encode_queries([text])[0]

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        found: Any = self._model.encode_query(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32)


def _places(number: int) -> Any:
    """A dataset of nothing but places: the collator looks up the pairs."""
    import datasets as untyped  # pyright: ignore[reportMissingTypeStubs]

    datasets: Any = untyped
    return datasets.Dataset.from_dict({"place": range(number)})


def _collator(model: Any, pairs: Sequence[Pair], negatives: Negatives) -> Any:
    """Looks for negatives step by step: how many steps there will be is unknown."""
    from sentence_transformers.sentence_transformer.data_collator import SentenceTransformerDataCollator

    class Collator(SentenceTransformerDataCollator):
        def __call__(self, features: list[dict[str, Any]]) -> dict[str, Any]:
            places: list[int] = [one["place"] for one in features]
            found = columns([pairs[place] for place in places], negatives)
            rows = zip(*found.values(), strict=True)
            return super().__call__([dict(zip(found, row, strict=True)) for row in rows])

    return Collator(model.preprocess)


def columns(step: Sequence[Pair], negatives: Negatives) -> dict[str, list[str]]:
    """The texts of a *step*, column by column, as the loss takes them.

    A pair without a negative borrows another's, which it is told from anyway.
    """
    found = {"query": [pair.query for pair in step], "text": [pair.text for pair in step]}
    mined = negatives(step)
    if known := [text for text in mined if text is not None]:
        found["negative"] = [text or known[place % len(known)] for place, text in enumerate(mined)]
    return found


def _load(source: str) -> Any:
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()
    return SentenceTransformer(source, device="cpu")


def _arguments(scratch: str, steps: int) -> Any:
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from sentence_transformers.sentence_transformer.training_args import SentenceTransformerTrainingArguments

    def in_order(dataset: Any, batch_size: int, drop_last: bool, **_: Any) -> Any:
        order: Any = range(len(dataset))
        return DefaultBatchSampler(order, batch_size, drop_last)

    return SentenceTransformerTrainingArguments(
        output_dir=scratch,
        max_steps=steps,
        per_device_train_batch_size=BATCH,
        batch_sampler=in_order,
        use_cpu=True,
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        seed=_SEED,
    )
