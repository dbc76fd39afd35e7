"""Where people come in: HTTP API, pages, command line, and the wiring that chooses engines."""
