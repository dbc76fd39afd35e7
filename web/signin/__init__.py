"""Who is asking: signing in, and what lets somebody in."""
