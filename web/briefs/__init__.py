"""Lessons briefs for pages, API and command line alike."""
