"""Why a result is there, in words."""

from search.results import Hit


def reason(hit: Hit) -> str:
    """Why a hit is there, in words."""
    parts: list[str] = []
    if hit.why.words:
        parts.append("Matches: " + ", ".join(hit.why.words))
    if hit.why.meaning is not None:
        parts.append(f"{_nearness(hit.why.meaning)} in meaning ({hit.why.meaning:.2f})")
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def _nearness(cosine: float) -> str:
    for bound, word in ((0.6, "very close"), (0.45, "close"), (0.3, "related")):
        if cosine >= bound:
            return word
    return "distant"
