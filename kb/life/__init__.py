"""The life of a lesson: its states, what people do to it, what follows from it and what it was worth."""
