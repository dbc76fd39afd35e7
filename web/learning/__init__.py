"""Competences, roles, what people can do and learning paths, for pages, API and command line alike."""
