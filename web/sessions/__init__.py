"""Lessons sessions for pages, API and command line alike."""
