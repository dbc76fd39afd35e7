"""What lessons and searches tell when they are counted."""
