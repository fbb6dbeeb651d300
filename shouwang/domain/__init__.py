"""What the field knows: divisions, periods, numbers of persons, policy. Standard library only."""
