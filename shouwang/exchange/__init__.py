"""Exchange files with departments: read, normalise, match and write plain rows, without Django."""
