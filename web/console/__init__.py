"""The terminal: its manners, its progress bars, and everything as it prints it."""
