"""Lessons sessions: occasions, the notes that people put down, and how they are led."""
