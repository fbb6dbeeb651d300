"""A county that never existed: how true to its sources, how dirty, and how repeatable it is."""
