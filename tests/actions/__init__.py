"""Tests of shouwang.actions."""
