"""A base as a whole: prepared, kept in step, checked, backed up; what the server does beside its answers."""
