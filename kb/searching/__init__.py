"""What is kept of searching: searches, judgements, vectors, encoders and how good they are."""
