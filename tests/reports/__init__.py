"""Tests of shouwang.reports."""
