"""recoll: its command line over one text file for each document, any word of the query."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.bench.peers import protocol
from tests.bench.peers.protocol import Document, MissingError, Task


class Recoll:
    """See System. Each search starts a process, as it does for whoever uses recoll's command line."""

    def __init__(self, task: Task) -> None:
        indexer, searcher = shutil.which("recollindex"), shutil.which("recollq")
        if not (indexer and searcher):
            raise MissingError("not installed: apt-get install recoll")
        self._indexer, self._searcher = indexer, searcher
        self._documents = task.folder / "documents"
        self._settings = task.folder / "settings"
        self._ids: list[str] = []
        self._documents.mkdir()
        self._settings.mkdir()
        (self._settings / "recoll.conf").write_text(
            f"topdirs = {self._documents}\nindexstemminglanguages = english\nloglevel = 1\n"
        )
        self.version = self._released()

    def _released(self) -> str:
        # Only its usage tells the release.
        said = subprocess.run([self._indexer, "-h"], capture_output=True, text=True, check=False)
        found = re.search(r"Recoll (\d[\d.]*)", said.stdout + said.stderr)
        return found[1] if found else ""

    def index(self, documents: Sequence[Document]) -> None:
        self._ids = [document.id for document in documents]
        for number, document in enumerate(documents):
            (self._documents / f"{number}.txt").write_text(document.whole, encoding="utf-8")
        self._run(self._indexer, "-z")

    def search(self, query: str, limit: int) -> list[str]:
        words = " ".join(re.findall(r"\w+", query))
        found = self._run(self._searcher, "-o", "-b", "-s", "english", "-n", str(limit), words)
        files = (line for line in found.splitlines() if line.startswith("file://"))
        return [self._ids[int(Path(file).stem)] for file in files]

    def _run(self, command: str, *arguments: str) -> str:
        line = [command, "-c", str(self._settings), *arguments]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    protocol.run(Recoll)
