"""Tests of shouwang.cli."""
