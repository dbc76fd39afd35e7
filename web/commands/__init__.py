"""Commands of `kb`, a module for each group."""
