"""Files that come in over HTTP."""
