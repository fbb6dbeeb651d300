"""Rows without a valid ID number to the registry's persons: weighed, explained, left open where in doubt."""
