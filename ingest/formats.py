"""What a file really is: its first bytes decide, its name only helps."""

import zipfile
from enum import StrEnum
from pathlib import Path, PurePath

from kb.errors import InvalidError


class Format(StrEnum):
    """Formats that can be read."""

    MARKDOWN = "Markdown"
    TEXT = "plain text"
    CSV = "CSV"
    JSON_LD = "JSON-LD"
    HTML = "HTML"
    EMAIL = "e-mail"
    PDF = "PDF"
    WORD = "Word"
    EXCEL = "Excel"
    POWERPOINT = "PowerPoint"
    OLD_WORD = "old Word or OpenDocument text"
    OLD_EXCEL = "old Excel or OpenDocument spreadsheet"
    OLD_POWERPOINT = "old PowerPoint or OpenDocument presentation"


_BY_SUFFIX = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".mdx": Format.MARKDOWN,
    ".qmd": Format.MARKDOWN,
    ".rmd": Format.MARKDOWN,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".rst": Format.TEXT,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".jsonld": Format.JSON_LD,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".eml": Format.EMAIL,
    ".pdf": Format.PDF,
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), Format.WORD),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xltm"), Format.EXCEL),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".potx"), Format.POWERPOINT),
    **dict.fromkeys((".doc", ".dot", ".odt", ".rtf"), Format.OLD_WORD),
    **dict.fromkeys((".xls", ".xlt", ".ods"), Format.OLD_EXCEL),
    **dict.fromkeys((".ppt", ".pps", ".odp"), Format.OLD_POWERPOINT),
}
_TEXTS = {Format.MARKDOWN, Format.TEXT, Format.CSV, Format.JSON_LD, Format.HTML, Format.EMAIL}
_OPENXML_FOLDERS = {"word/": Format.WORD, "xl/": Format.EXCEL, "ppt/": Format.POWERPOINT}
_OPENDOCUMENT = {
    b"text": Format.OLD_WORD,
    b"spreadsheet": Format.OLD_EXCEL,
    b"presentation": Format.OLD_POWERPOINT,
}
_OLE_STREAMS = {
    "WordDocument": Format.OLD_WORD,
    "Workbook": Format.OLD_EXCEL,
    "PowerPoint Document": Format.OLD_POWERPOINT,
}
_MEDIA_TYPES = {
    Format.MARKDOWN: "text/markdown",
    Format.TEXT: "text/plain",
    Format.CSV: "text/csv",
    Format.JSON_LD: "application/ld+json",
    Format.HTML: "text/html",
    Format.EMAIL: "message/rfc822",
    Format.PDF: "application/pdf",
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.POWERPOINT: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Format.OLD_WORD: "application/msword",
    Format.OLD_EXCEL: "application/vnd.ms-excel",
    Format.OLD_POWERPOINT: "application/vnd.ms-powerpoint",
}
_KNOWN_UNREAD = {
    **dict.fromkeys(
        (".png", ".jpg", ".jpeg", ".gif", ".svg", ".bmp", ".tif", ".tiff", ".webp", ".ico"),
        "Pictures are not read; there is no text recognition.",
    ),
    **dict.fromkeys(
        (".mpp", ".mpt"), "Microsoft Project files are not read; export the plan as XLSX or PDF."
    ),
    ".msg": "Outlook messages are not read; save the message as .eml.",
    **dict.fromkeys((".yaml", ".yml", ".xml", ".toml"), "Data and configuration files are not read."),
    ".json": "Data files are not read; if it holds courses as schema.org describes them, name it .jsonld.",
    **dict.fromkeys((".mp3", ".mp4", ".wav", ".mov", ".avi", ".mkv"), "Sound and video are not read."),
    **dict.fromkeys(
        (".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"),
        "Only .zip archives are opened; unpack this one, or pack it as .zip.",
    ),
    **dict.fromkeys(
        (".pages", ".numbers", ".key"), "Apple's office files are not read; export it as DOCX, XLSX or PPTX."
    ),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVE_SUFFIX = ".zip"


def unread(name: str) -> str:
    """Why a file called *name* is left aside without opening it; empty when it is worth a look."""
    suffix = _suffix(name)
    if suffix in _BY_SUFFIX or suffix == ARCHIVE_SUFFIX:
        return ""
    if not suffix:
        return "Its name has no suffix; add .txt or .md if it is text worth keeping."
    return _KNOWN_UNREAD.get(suffix, f"Files of type {suffix} are not read.")


def recognise(path: Path, name: str) -> Format:
    """The format of the file at *path* that people call *name*.

    Raises InvalidError with the reason when the bytes are nothing that can be read under this name.
    """
    named = _BY_SUFFIX.get(_suffix(name))
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head:
        raise InvalidError("The file is empty: it holds no bytes at all.")
    if head.startswith(_OLE):
        return _ole(path)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path, named)
    if b"%PDF-" in head[:1024] and named not in _TEXTS:
        return Format.PDF
    if head.startswith(b"%PDF-"):
        return Format.PDF
    if head.startswith(b"{\\rtf"):
        return Format.OLD_WORD
    if named is not None and named in _TEXTS:
        return named
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return Format.HTML
    raise InvalidError(_not_as_named(named))


def media_type(found: Format) -> str:
    """The media type to serve a file of format *found* with."""
    return _MEDIA_TYPES[found]


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _not_as_named(named: Format | None) -> str:
    if named is None:
        return "This is no format that can be read."
    return f"The file is damaged or misnamed: its bytes are not those of a {named} file."


def _ole(path: Path) -> Format:
    """Which of the programs that share Microsoft's old container wrote the file."""
    data = path.read_bytes()
    if _stream("EncryptedPackage") in data:
        raise InvalidError("The file is password-protected; save it without a password.")
    for stream, found in _OLE_STREAMS.items():
        if _stream(stream) in data:
            return found
    raise InvalidError("This is an old Microsoft file of a kind that is not read.")


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le")


def _zipped(path: Path, named: Format | None) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        whole = named if named in _OPENXML_FOLDERS.values() else "zip"
        raise InvalidError(f"The file is damaged: it is not a whole {whole} file.") from error
    for mark, found in _OPENDOCUMENT.items():
        if kind.startswith(b"application/vnd.oasis.opendocument." + mark):
            return found
    for folder, found in _OPENXML_FOLDERS.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return found
    raise InvalidError("This is a zip archive under another name, not an Office file; name it .zip.")
