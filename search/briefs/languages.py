"""Which language a text is written in, by its commonest words and letters: good enough to warn of it."""

import re
from collections import Counter

_WORDS = {
    "English": "the and of to in is for be with that this will as by on are",
    "French": "le la les des et du une est pour dans que qui sur avec par au",
    "German": "der die das und ist des dem den mit für von ein eine zu auf werden",
    "Spanish": "el la los las del y que en por para con una se es como su",
    "Italian": "il di che la e per un una del della con sono dei nel gli alla",
    "Portuguese": "o a os as do da dos das e que em para com uma não por",
    "Dutch": "de het een en van is dat op te voor met zijn aan worden niet door",
    "Polish": "i w na z do się jest nie że oraz przez dla od projektu jako są",
    "Swedish": "och att det som en är på av för med den till ska inte om ett",
    "Turkish": "ve bir bu için ile olarak da de proje olan daha gibi çok her kadar ise",
}
_OURS = "English"
_OF = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SCRIPTS = {
    "Greek": re.compile(r"[\u0370-\u03ff]"),
    "Russian or another language in Cyrillic letters": re.compile(r"[\u0400-\u04ff]"),
    "Hebrew": re.compile(r"[\u0590-\u05ff]"),
    "Arabic": re.compile(r"[\u0600-\u06ff]"),
    "an Indian language": re.compile(r"[\u0900-\u0dff]"),
    "Thai": re.compile(r"[\u0e00-\u0e7f]"),
    "Korean": re.compile(r"[\uac00-\ud7af]"),
    "Japanese": re.compile(r"[\u3040-\u30ff]"),
    "Chinese": re.compile(r"[\u4e00-\u9fff]"),
}
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 20_000
"""Characters."""
_FEWEST = 30
"""Words, fewer of which prove nothing."""
_DIFFERENT = 4
"""Common words of a language, fewer of which may be chance."""


def other_than_english(text: str) -> str:
    """The language that *text* reads as, if it is clearly not English; empty otherwise."""
    text = text[:_LOOKED_AT]
    words = [word.lower() for word in _WORD.findall(text)]
    letters = sum(map(len, words))
    for name, script in _SCRIPTS.items():
        if letters and len(script.findall(text)) > 0.3 * letters:
            return name
    if len(words) < _FEWEST:
        return ""
    counted = Counter(words)
    shares = {
        name: sum(counted[word] for word in known) / len(words)
        for name, known in _OF.items()
        if len(known & counted.keys()) >= _DIFFERENT or name == _OURS
    }
    best = max(shares, key=lambda name: shares[name])
    return best if best != _OURS and shares[best] > max(0.08, 1.5 * shares[_OURS]) else ""
