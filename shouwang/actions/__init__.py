"""What the program does: each action is one function that does the whole of it or nothing."""
