"""The `shouwang` command: parse arguments, call one action, show the result. The only room with a clock."""
