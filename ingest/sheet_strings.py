"""The texts of a workbook as they were typed: `_xHHHH_` in a file stands for a character, or for itself."""

import re
from collections.abc import Iterator
from typing import IO, Any, cast

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.workbook import Workbook
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATES = range(0xD800, 0xE000)


def opened(stream: IO[bytes]) -> Workbook:
    """The workbook in *stream*, to be read sheet by sheet with values for formulas. Raises as openpyxl."""
    reader = _Reader(stream, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


class _Reader(ExcelReader):
    """Reads shared texts itself: openpyxl drops every `x005F_`, and leaves other escapes as they stand."""

    def read_strings(self) -> None:
        """Read the texts that cells refer to."""
        part = cast("Any", self.package).find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _, node in iterparse(source):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    self.shared_strings.append("".join(_runs(Text.from_tree(node))))
                    node.clear()


def _runs(text: Any) -> Iterator[str]:
    """Escapes are of one run of letters, and do not reach into the next (ECMA-376, 22.9.2.19)."""
    for run in (text, *text.r):
        yield unescaped(run.t or "")


def unescaped(text: str) -> str:
    """*text* with characters in the place of their escapes, from the left: `_x005F_x000D_` is `_x000D_`."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code in _SURROGATES else chr(code)
