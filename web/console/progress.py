"""Progress on a terminal: how far, how fast, how long still."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from search.sync import SyncProgress
from web.base.work import Listener
from web.console.terminal import plain

if TYPE_CHECKING:
    from ingest import pipeline

_NAME_LENGTH = 36


class _Rate(ProgressColumn):
    """Steps in a second."""

    def render(self, task: Task) -> Text:
        """The rate of *task*, once known."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="dim")


@contextmanager
def shown(console: Console, *, quiet: bool = False) -> Generator[Listener]:
    """A listener that draws on *console* while the block runs; where that is no terminal, it only tells."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[current]}", markup=True),
    )
    bars = Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
    with bars:
        yield _Drawing(bars, quiet=quiet).listener()


class _Drawing:
    """One bar for each stage, made when the stage begins."""

    def __init__(self, bars: Progress, *, quiet: bool) -> None:
        self._bars = bars
        self._quiet = quiet
        self._stage = ""
        self._task = bars.add_task("", total=None, visible=False, current="")

    def listener(self) -> Listener:
        """What the work tells its progress to."""
        return Listener(self._on_ingest, self._on_sync, self._on_tell)

    def _on_ingest(self, progress: "pipeline.Progress") -> None:
        name = plain(progress.current)
        short = name if len(name) <= _NAME_LENGTH else "…" + name[-_NAME_LENGTH:]
        self._draw("Reading files", progress.done, progress.total, short.replace("[", r"\["))

    def _on_sync(self, progress: SyncProgress) -> None:
        self._draw(progress.stage, progress.done, progress.total, "")

    def _on_tell(self, sentence: str) -> None:
        if not self._quiet:
            self._bars.console.print(sentence, markup=False)

    def _draw(self, stage: str, done: int, total: int, current: str) -> None:
        if stage != self._stage:
            self._bars.remove_task(self._task)
            self._task = self._bars.add_task(stage, total=total, current=current)
            self._stage = stage
        self._bars.update(self._task, completed=done, total=total, current=current)
