"""The query language: words, "exact phrases", this OR that, -unwanted words, filters such as `kind:lesson`.

`OR` in capitals joins the terms beside it and binds closer than the space, as in web search engines: a result
for `late OR delayed supplier` holds late or delayed. A quotation mark that is never closed closes at the end.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kb.errors import InvalidError
from kb.values import Filters, ItemId
from search import analysis, filtering
from search.terms import FACETS, QueryError, Term, terms

MAX_LENGTH = 2_000
"""Characters of one query; a situation told in three paragraphs fits."""
_QUOTES = re.compile('["“”„]')


@dataclass(frozen=True, slots=True)
class Query:
    """A query as understood."""

    text: str = ""
    """The words to rank by, phrases included."""
    required: tuple[tuple[str, ...], ...] = ()
    """Of each group, one must stand in a result exactly so: a phrase alone, or what OR joins."""
    excluded: tuple[str, ...] = ()
    """Words and phrases that no result may hold."""
    filters: Filters = field(default_factory=Filters)
    typed: str = ""
    """The whole of it, as typed."""
    only: frozenset[ItemId] | None = None
    """The items among which words are looked for, when others than filters chose them."""

    @property
    def restricted(self) -> bool:
        """Whether words limit the set besides ranking it."""
        return bool(self.required or self.excluded)


def parse(text: str, filters: Filters | None = None) -> Query:
    """Read *text*; *filters* chosen elsewhere, on the page for instance, hold besides those in it.

    Anything that is no filter is words: `http://x` and `Note: y` stay what they are.
    Raises QueryError where it can't be understood: a value or a date that there is not, an OR that joins
    nothing. Raises InvalidError when it is too long.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidError(
            f"The query has {len(text):,} characters; at most {MAX_LENGTH:,} can be searched for. "
            "Shorten it to what matters."
        )
    groups = _groups(text)
    every = [one for group in groups for one in group]
    words = (one.value if one.quoted else _QUOTES.sub(" ", one.value) for one in every if one.wanted)
    unwanted = [one for one in every if one.unwanted and not one.name and analysis.parts(one.value)]
    wanted = " ".join(" ".join(words).split())
    if unwanted and not wanted:
        raise QueryError(
            "Unwanted words alone find nothing: add what you are looking for.", text, unwanted[0]
        )
    return Query(
        wanted,
        tuple(filter(None, map(_required, groups))),
        tuple(one.value for one in unwanted),
        filtering.read(text, [one for one in every if one.name], filters or Filters()),
        text,
    )


def without(text: str, unneeded: Collection[Term]) -> str:
    """*text*, which can be parsed, without some of its terms, and without each OR left beside nothing."""
    kept = ([one for one in group if one not in unneeded] for group in _groups(text))
    return " ".join(" OR ".join(text[one.start : one.end] for one in group) for group in kept if group)


def _groups(text: str) -> list[list[Term]]:
    """The terms of *text*, those together that OR joins."""
    groups: list[list[Term]] = []
    joint: Term | None = None
    for one in terms(text):
        if one.joins and (joint or not groups):
            raise _lone(text, one)
        if one.joins:
            joint = one
        elif joint:
            groups[-1].append(one)
            joint = None
        else:
            groups.append([one])
    if joint:
        raise _lone(text, joint)
    for group in groups:
        _check_joined(text, group)
    return groups


def _lone(text: str, joint: Term) -> QueryError:
    return QueryError(
        "OR stands between two words or phrases; write it in small letters to search for the word.",
        text,
        joint,
    )


def _check_joined(text: str, group: Sequence[Term]) -> None:
    """Only what is of one sort has an either and an or."""
    one_filter = group[0].name in FACETS and all(one.name == group[0].name for one in group)
    if len(group) == 1 or all(one.wanted for one in group):
        return
    if not one_filter or any(one.unwanted for one in group):
        odd = next(one for one in group if not one.wanted)
        raise QueryError("OR joins words and phrases, or values of one filter, and nothing else.", text, odd)


def _required(group: Sequence[Term]) -> tuple[str, ...]:
    """What one result must hold one of; nothing when *group* is a plain word."""
    if len(group) == 1 and not group[0].quoted:
        return ()
    return tuple(one.value for one in group if one.wanted and analysis.parts(one.value))
