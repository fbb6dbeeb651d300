"""Data-quality checks over whole counties and over one household: facts, answers, findings."""
