"""The tables of the platform: the one Django app. Rows only; writes are `actions`, heavy reads `reports`."""
