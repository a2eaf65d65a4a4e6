"""What rules can ask of the test app: a filter a file."""
