"""Lessons briefs: what a project can learn from before it begins, drawn from its own charter."""
