"""A month of work in a county that never existed, done through the same actions as real work."""
