"""Files that come in over HTTP, written straight to disk within the limits."""

import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO
from uuid import uuid4

from fastapi import Depends, Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ingest import formats
from kb import jobs
from kb.access import Principal
from kb.database import transaction
from kb.jobs import Job
from kb.settings import MEGABYTE, Limits
from web.base.runner import Runner, Upload, upload_folder
from web.files.names import distinct, safe_name
from web.http.deps import ServicesDep
from web.http.errors import HttpError
from web.http.guard import STREAMED
from web.wiring import Services

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_FILES = 200
"""Files in one upload."""
_MAX_FIELDS = 4 * MEGABYTE
"""Bytes of all that a form holds beside its files."""
_MAX_DISCARDED = 2048 * MEGABYTE
"""Bytes of one upload after which a refused sender is cut off."""

UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "One or more files; archives (zip) are unpacked.",
                        }
                    },
                }
            }
        },
    }
}
"""The body as OpenAPI describes it; FastAPI can't see it, because it is read as a stream."""


@dataclass(frozen=True, slots=True)
class Received:
    """An upload that lies on disk."""

    folder: Path
    files: int
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else the form holds."""


class _Receiver:
    """Callbacks of the multipart parser: writes each file as it comes, refuses what is too much."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._headers: dict[bytes, bytes] = {}
        self._field = self._value = b""
        self._name = ""
        self._target: BinaryIO | None = None
        self._size = self._total = 0
        self._text: bytearray | None = None
        self._read = 0
        self.names: list[str] = []
        self.texts: dict[str, bytearray] = {}
        """What fields without a file hold."""
        self.whole = False
        """Whether the form's last boundary was seen: a form that was cut off lacks it."""
        self.refusal: HttpError | None = None
        """Why nothing of it is kept; the rest is still read, as browsers show no answer before that."""

    def callbacks(self) -> "MultipartCallbacks":
        """What the parser calls."""
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_part_end": self.close,
            "on_end": self._on_end,
        }

    def close(self) -> None:
        """End the file or the field in hand."""
        self._text = None
        if self._target:
            self._target.close()
            self._target = None

    def _on_end(self) -> None:
        self.whole = True

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        given = options.get(b"filename", b"").decode("utf-8", "replace")
        if not given:
            name = options.get(b"name", b"").decode("utf-8", "replace")
            self._text = self.texts.setdefault(name, bytearray())
            return
        if len(self.names) == MAX_FILES:
            self._refuse(f"One upload may hold at most {MAX_FILES} files; put more into a zip archive.")
            return
        self._name = distinct(safe_name(given), self.names)
        self.names.append(self._name)
        self._size = 0
        self._target = (self._folder / self._name).open("wb")

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._text is not None:
            self._read += end - start
            if self._read > _MAX_FIELDS:
                self._refuse(f"The text has more than {_MAX_FIELDS // MEGABYTE} MB; send it as a file.")
            else:
                self._text += data[start:end]
        if not self._target or self.refusal:
            return
        self._size += end - start
        self._total += end - start
        if self._total > self._limits.archive_mb * MEGABYTE:
            self._refuse(
                f"The files have more than {self._limits.archive_mb:,} MB together; send fewer at once."
            )
        elif self._size > self._limits.file_mb * MEGABYTE:
            limit = f"{self._limits.file_mb} MB, the most that one file may have"
            self._refuse(f"{self._name} is larger than {limit}.")
        else:
            self._target.write(data[start:end])

    def _refuse(self, sentence: str) -> None:
        self.refusal = self.refusal or HttpError(413, sentence)


async def receive(request: Request, services: ServicesDep) -> AsyncIterator[Received]:
    """The files of a multipart request, on disk; removed again when the request does not succeed."""
    async with _received(request, services) as upload:
        if not upload.files:
            raise HttpError(400, "No file was sent. Choose at least one file to import.")
        yield upload


async def receive_form(request: Request, services: ServicesDep) -> AsyncIterator[Received]:
    """A multipart form with or without a file, which is removed when the request ends."""
    async with _received(request, services) as upload:
        try:
            yield upload
        finally:
            shutil.rmtree(upload.folder, ignore_errors=True)


@asynccontextmanager
async def _received(request: Request, services: Services) -> AsyncGenerator[Received]:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise HttpError(415, "Send the files as a form (multipart/form-data), each in a field named files.")
    folder = upload_folder(services) / uuid4().hex
    folder.mkdir(parents=True)
    receiver = _Receiver(folder, services.settings.limits)
    try:
        await _parse(request, MultipartParser(boundary, receiver.callbacks()), receiver)
        unread = [formats.unread(name) for name in receiver.names]
        if unread and all(unread):
            raise HttpError(415, f"{receiver.names[0]} can't be imported. {unread[0]}")
        texts = {name: bytes(text).decode("utf-8", "replace") for name, text in receiver.texts.items()}
        yield Received(folder, len(receiver.names), texts)
    except FormParserError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise HttpError(400, "The upload is damaged or was cut off; send the files again.") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        receiver.close()


async def _parse(request: Request, parser: MultipartParser, receiver: _Receiver) -> None:
    setattr(request.state, STREAMED, True)
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        parser.write(chunk)
        if receiver.refusal and read > _MAX_DISCARDED:
            raise receiver.refusal
    parser.finalize()
    if receiver.refusal:
        raise receiver.refusal
    if not receiver.whole:
        raise FormParserError


UploadDep = Annotated[Received, Depends(receive)]
FormDep = Annotated[Received, Depends(receive_form)]


def begin(services: Services, principal: Principal, runner: Runner, upload: Received) -> Job:
    """Queue the import of *upload*; it starts once the job is stored."""
    with transaction(services.sessions) as session:
        job = jobs.create(session, principal, upload.files)
    runner.submit(Upload(job.id, principal, upload.folder))
    return job
