"""Competences, roles and training: what people can do, what is asked of them, and what leads there."""
