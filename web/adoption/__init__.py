"""Practices recommended, and the plans to adopt them, for pages, API and command line alike."""
