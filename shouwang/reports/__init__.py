"""What the program shows: workbooks, JSON Lines and texts made from a finished run."""
