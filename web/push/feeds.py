"""Feeds in Atom (RFC 4287)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from kb.life.records import ItemRecord
from kb.text import shorten
from kb.vocabulary import label
from web.addresses import item_url

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't carry."""
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was last changed."""
_SUMMARY = 600


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is about."""

    title: str
    base: str
    """Address of the server, without the last slash."""
    own: str
    """Address of the feed on it."""
    page: str
    """Address on it of the page that shows the same."""


def updated(entries: Sequence[ItemRecord]) -> datetime:
    """When the newest of *entries* was last changed."""
    return max((entry.updated_at for entry in entries), default=_BEGIN)


def atom(feed: Feed, entries: Sequence[ItemRecord]) -> bytes:
    """The feed as XML: the same for the same entries, byte for byte."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _text(root, "title", feed.title)
    _text(root, "id", uuid5(NAMESPACE_URL, feed.base + feed.own).urn)
    _text(root, "updated", updated(entries).isoformat())
    ET.SubElement(root, "link", {"rel": "self", "type": MEDIA_TYPE, "href": feed.base + feed.own})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.base + feed.page})
    _text(ET.SubElement(root, "author"), "name", "Hindsight")
    for entry in entries:
        _entry(ET.SubElement(root, "entry"), entry, feed.base)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(node: ET.Element, record: ItemRecord, base: str) -> None:
    head = record.head
    _text(node, "title", head.title)
    _text(node, "id", _id(record))
    _text(node, "published", record.created_at.isoformat())
    _text(node, "updated", record.updated_at.isoformat())
    address = base + item_url(head.ref)
    ET.SubElement(node, "link", {"rel": "alternate", "type": "text/html", "href": address})
    ET.SubElement(node, "category", {"term": head.kind, "label": label(head.kind)})
    if author := record.contributor or head.organisation:
        _text(ET.SubElement(node, "author"), "name", author)
    _text(node, "summary", shorten(head.summary, _SUMMARY) or head.title)


def _id(record: ItemRecord) -> str:
    """The same wherever the server is reached, another one for another base's item of that reference."""
    return uuid5(NAMESPACE_URL, f"hindsight:{record.head.ref}:{record.created_at.isoformat()}").urn


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _FORBIDDEN.sub("", text)
