"""How well a base searches: evaluation, the encoders it can search with, and teaching one its language."""
