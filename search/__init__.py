"""From rows to answers: encoders, indexes, ranking. Reads `kb`, never writes items."""
