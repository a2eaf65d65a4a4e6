"""Two records of one person become one: suggestions, preview, merge, undo."""
