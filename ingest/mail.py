"""Mail saved as .eml: subject, people, text; attachments are named, not read."""

import email
import email.policy
from email.message import EmailMessage

from ingest import cleaning, dates, hypertext
from ingest.converted import Converted, Part
from kb.errors import InvalidError
from kb.text import squash

_MAX_ATTACHMENTS = 100


def read(data: bytes) -> Converted:
    """The message in *data*. Raises InvalidError when it has neither headers nor text."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    subject, sender, to = (_header(message, name) for name in ("Subject", "From", "To"))
    if not (subject or sender):
        raise InvalidError("This is no saved mail: it has neither a subject nor a sender.")
    date = _header(message, "Date")
    text = _text(message)
    attached = [
        squash(cleaning.clean(str(part.get_filename() or "without a name")))
        for part in list(message.iter_attachments())[:_MAX_ATTACHMENTS]
    ]
    head = [
        f"**{name}:** {cleaning.cell(value)}"
        for name, value in (
            ("From", sender),
            ("To", to),
            ("Date", date),
            ("Attachments", ", ".join(attached)),
        )
        if value
    ]
    body = cleaning.tidy("\\\n".join(head) + "\n\n" + text)
    return Converted(
        parts=(Part(body),),
        title=subject,
        author=sender.split("<")[0].strip(' "') or sender,
        dated=dates.parse(date),
        note=f"{len(attached)} attachment(s) not read." if attached else "",
    )


def _header(message: EmailMessage, name: str) -> str:
    return squash(cleaning.clean(str(message.get(name) or "")))


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        content = str(part.get_content())
    except (LookupError, UnicodeError, KeyError):
        raw = part.get_payload(decode=True)
        content = raw.decode("latin-1") if isinstance(raw, bytes) else ""
    if part.get_content_type() == "text/html":
        tree = hypertext.soup(content)
        hypertext.silence(tree)
        return hypertext.to_markdown(tree)
    return cleaning.literal(cleaning.clean(content)).replace("\n>", "\n\\>")
