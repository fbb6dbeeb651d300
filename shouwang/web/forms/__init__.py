"""What the pages ask, by group."""
