"""Every indicator of the catalogue `domain/data/indicators.txt` for all households at once, on any engine."""

from shouwang.engine.indicators.sources import set_rows, source_rows, source_sets, tables_of
from shouwang.engine.indicators.table import indicator_table

__all__ = ["indicator_table", "set_rows", "source_rows", "source_sets", "tables_of"]
