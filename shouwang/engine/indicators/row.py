"""The joined row of a household, from which formulas compute its indicators."""

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from shouwang.engine.indicators.reading import Reading

Formula = Callable[["Row"], ir.Value]


class Row:
    """One household's registry columns, its parts from other tables, and indicators computed from them."""

    def __init__(self, reading: Reading, joined: ir.Table, formulas: Mapping[str, Formula]) -> None:
        self.reading = reading
        self.used: set[str] = set()
        self._joined = joined
        self._formulas = formulas
        self._computed: dict[str, ir.Value] = {}

    def __getitem__(self, column: str) -> ir.Value:
        self.used.add(column)
        return self._joined[column]

    def zero(self, part: str) -> ir.Value:
        """Return a part, 0 where its table has no row of the household."""
        return self[part].fill_null(0)

    def indicator(self, name: str) -> ir.Value:
        """Return another indicator of the household."""
        if name not in self._computed:
            self._computed[name] = self._formulas[name](self)
        return self._computed[name]


def unknown(kind: str = "int64") -> ir.Value:
    """Return NULL of a type."""
    return ibis.null(kind)


def counted(feed: str, part: str) -> Formula:
    """Return the formula of a part that is 0 without a row and unknown without the feed."""
    return lambda row: row.zero(part) if row.reading.has(feed) else unknown()


def occurred(feed: str, part: str) -> Formula:
    """Return the formula that is true where a counted part is above 0, and unknown without the feed."""
    return lambda row: row.zero(part) > 0 if row.reading.has(feed) else unknown("boolean")


def stated(column: str) -> Formula:
    """Return the formula of a registry column as it stands."""
    return lambda row: row[column]
