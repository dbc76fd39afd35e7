"""Lessons briefs: a charter read into needs, and what answers them put together."""
