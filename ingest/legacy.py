"""Formats that only LibreOffice reads well: it turns them into Office Open XML, when it is installed."""

import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ingest.formats import Format
from kb.errors import InvalidError
from kb.settings import Limits

PROGRAM = "soffice"
_TARGETS = {
    Format.OLD_WORD: ("docx", Format.WORD),
    Format.OLD_EXCEL: ("xlsx", Format.EXCEL),
    Format.OLD_POWERPOINT: ("pptx", Format.POWERPOINT),
}


def is_legacy(found: Format) -> bool:
    """Whether *found* has to be converted first."""
    return found in _TARGETS


@contextmanager
def modern(path: Path, found: Format, limits: Limits) -> Generator[tuple[Path, Format]]:
    """The file at *path* in its modern format, as long as the block lasts.

    Raises InvalidError when LibreOffice is missing, takes too long or can't read the file.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise InvalidError(
            f"Reading {found.value} files needs LibreOffice: install LibreOffice so that the program "
            f"`{PROGRAM}` is found, or save the file as {_TARGETS[found][0].upper()}."
        )
    suffix, target = _TARGETS[found]
    with tempfile.TemporaryDirectory(prefix="hindsight-") as folder:
        made = _convert(program, path, suffix, Path(folder), limits)
        yield made, target


def _convert(program: str, path: Path, suffix: str, folder: Path, limits: Limits) -> Path:
    source = folder / "original"
    shutil.copyfile(path, source)
    out = folder / "out"
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--convert-to", suffix, "--outdir", str(out), str(source)),
    ]
    try:
        subprocess.run(command, capture_output=True, timeout=limits.seconds, check=True)  # noqa: S603 - our own command line
    except subprocess.TimeoutExpired as error:
        raise InvalidError(f"LibreOffice took more than {limits.seconds} seconds to convert it.") from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise InvalidError("LibreOffice could not convert it; the file may be damaged.") from error
    made = out / f"original.{suffix}"
    if not made.is_file():
        raise InvalidError("LibreOffice could not convert it; the file may be damaged.")
    return made
