"""What the law asks for: copies of a person's data, blocking, erasure and its proof."""
