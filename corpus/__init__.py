"""The starter library: Markdown and CSV, no logic."""
