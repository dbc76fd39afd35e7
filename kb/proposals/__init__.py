"""What was mined out of documents and waits for somebody to make lessons of it."""
