"""`make bench`: Shouwang against hand-written SQL, data frames and a rule library, all in one run."""
