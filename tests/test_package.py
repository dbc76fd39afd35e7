"""The built wheel is complete: installed elsewhere it migrates itself and finds its starter library."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_it_ships_all_that_runs_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "kb/migrations/env.py",
        "kb/migrations/versions/0001_the_first_schema.py",
        "web/templates/base.html",
        "web/static/app.css",
        "corpus/documents/glossary.md",
        "corpus/training/catalogue.csv",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith("tests/")]


def test_from_another_folder_it_migrates_and_reads_its_library(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    script = """
import json, kb, sys
from pathlib import Path
from kb.access import LOCAL_USER
from kb.settings import Settings
from web import wiring
from web.base import work
services = wiring.build(Settings(data=Path("base")))
work.prepare(services)
report = work.ingest_starter(services, LOCAL_USER)
print(json.dumps([kb.__file__, report.failed, report.tally.added]))
services.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    file, failed, added = json.loads(done.stdout)
    assert file.startswith(str(installed))
    assert not failed
    assert added >= 30
