"""The life of a lesson and what follows from it, as pages, files and the command line show it."""
