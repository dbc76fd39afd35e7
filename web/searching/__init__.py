"""Searching for pages, API and command line alike: filters in, results with their reasons out."""
