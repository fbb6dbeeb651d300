"""A pack meets a table: indicators, rules, evidence and the difference from the last run. No Django."""
