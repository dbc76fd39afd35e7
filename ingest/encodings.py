"""Bytes to text, whatever wrote them: byte-order marks, UTF-8, UTF-16, Western code pages line by line."""

import re
from collections import Counter

from charset_normalizer import from_bytes

from kb.errors import InvalidError

_SAMPLE = 100_000
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_FOREIGN_SHARE = 0.3
"""From this share of bytes above ASCII on, a text is not Western."""
_BINARY_SHARE = 0.02
_CONTROLS = bytes([*range(9), 11, *range(14, 27), *range(28, 32), 127])
_CONTRACTION = re.compile(r"(?<=[A-Za-z])([\xa0-\xff])(?=(?:s|t|d|m|re|ve|ll)\b)")
_AFTER_SENTENCE = re.compile(r"(?<=[.,;:?!])([\xa0-\xff])(?=[\s\xa0-\xff])")
_MEANS_IT = 0.6


def decode(data: bytes, declared: str = "") -> str:
    """The text of *data*; no byte stops it. Raises InvalidError when it is no text at all.

    A byte-order mark wins, then valid UTF-8, then the encoding that the file *declared*, then UTF-16
    without a mark; else each line is UTF-8 where valid and Windows-1252 where not, because exports of
    many years mix them. Texts mostly above ASCII are left to charset-normalizer.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    if wide := _utf16(data[:_SAMPLE]):
        return data.decode(wide, "replace")
    sample = data[:_SAMPLE]
    if len(sample.translate(None, _CONTROLS)) < len(sample) * (1 - _BINARY_SHARE):
        raise InvalidError("This is not text, though its name says so: its bytes are binary data.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    if declared:
        try:
            return data.decode(declared, "replace")
        except LookupError:
            pass
    return _undeclared(data, sample)


def _undeclared(data: bytes, sample: bytes) -> str:
    high = sum(byte >= 0x80 for byte in sample)
    if high > len(sample) * _FOREIGN_SHARE and not _mostly_utf8(sample):
        best = from_bytes(sample).best()
        if best is None:
            raise InvalidError("Its encoding can't be recognised; save it as UTF-8.")
        return data.decode(best.encoding, "replace")
    return _line_by_line(data)


def _mostly_utf8(sample: bytes) -> bool:
    return sample.decode(errors="replace").count("\ufffd") < len(sample) * 0.01


def _utf16(sample: bytes) -> str:
    """UTF-16 without a mark shows as zeros at every second byte."""
    pairs = len(sample) // 2
    if pairs < 2:
        return ""
    for codec, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) > pairs * 0.7 and sample.count(0) < pairs * 1.1:
            return codec
    return ""


def _line_by_line(data: bytes) -> str:
    lines: list[str] = []
    for line in data.split(b"\n"):
        try:
            lines.append(line.decode())
        except UnicodeDecodeError:
            lines.append(line.decode("latin-1").translate(_WINDOWS))
    return _typography("\n".join(lines))


_WINDOWS = {byte: bytes([byte]).decode("cp1252", "ignore") or None for byte in range(0x80, 0xA0)}


def _typography(text: str) -> str:
    """Undo exports that wrote apostrophes or hard spaces as letters: `didnêt`, `done.¾ Next`.

    Only a character that nearly always stands where no letter can is taken for what it must be.
    """
    counted = Counter(re.findall(r"[\xa0-\xff]", text))
    for pattern, meant in ((_CONTRACTION, "’"), (_AFTER_SENTENCE, " ")):
        for character, times in Counter(pattern.findall(text)).items():
            if times > 1 and times >= counted[character] * _MEANS_IT:
                text = text.replace(character, meant)
    return text
