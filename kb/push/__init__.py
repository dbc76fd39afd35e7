"""What is sent to people who asked to be told."""
