"""HTML files."""

import re

from bs4 import Tag

from ingest import cleaning, dates, encodings, front_matter, hypertext, noise
from ingest.converted import NO_TEXT, Converted, Part
from kb.text import squash

_CHARSET = re.compile(rb"""(?i)<meta[^>]+charset=["']?([\w\-]+)""")
_CHROME = ("header[role=banner]", "footer", "aside", "[aria-hidden=true]")


def read(data: bytes) -> Converted:
    """The page in *data*: its main part where it names one, else its body."""
    declared = _CHARSET.search(data[:4096])
    html = encodings.decode(data, declared[1].decode("ascii") if declared else "")
    front, html = front_matter.split(html) if html.startswith("---") else ({}, html)
    tree = hypertext.soup(noise.LIQUID.sub("", html) if front else html)
    title = squash(tree.title.get_text()) if tree.title else ""
    author = hypertext.meta(tree, "author")
    summary = hypertext.meta(tree, "description", "og:description")
    dated = dates.parse(hypertext.meta(tree, "date", "dcterms.date", "article:published_time"))
    keywords = hypertext.meta(tree, "keywords")
    language = str(tree.html.get("lang") or "") if tree.html else ""
    hypertext.silence(tree)
    main = tree.find("main") or tree.find("article")
    if not isinstance(main, Tag):
        main = tree
        for selector in _CHROME:
            for tag in tree.select(selector):
                tag.decompose()
    text = hypertext.to_markdown(main)
    return Converted(
        parts=(Part(text),),
        title=cleaning.clean(title),
        author=author,
        dated=dated,
        language=language,
        summary=summary,
        keywords=tuple(word.strip() for word in keywords.split(",") if word.strip()),
        front=front,
        note="" if text else NO_TEXT,
    )
