"""What is counted of lessons and searches, for pages, downloads and the command line."""
