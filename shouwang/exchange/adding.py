"""Rows whose figures do not add up: read all the same, and told as row errors for the department to mend."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shouwang.domain.adding_up import Discrepancy, check_annual_income, check_settlement
from shouwang.exchange.parts import RowsWriter

REASON_CODE = "does_not_add_up"
# A department that rounds every row would bury all other errors; the rest is counted.
MOST_TOLD = 5000
_TOLERANCE_FEN = 100
_SETTLEMENT = ("total_fen", "basic_paid_fen", "critical_paid_fen", "aid_paid_fen", "own_pay_fen")
_STATEMENT = ("wage_fen", "business_fen", "business_cost_fen", "property_fen", "transfer_fen", "net_fen")

Check = Callable[[Mapping[str, Any]], Iterator[tuple[str, Discrepancy]]]


def tell_discrepancies(folder: Path, errors: RowsWriter) -> str | None:
    """Add the settlements and annual statements that are over one yuan out to the row errors.

    Returns a notice that says how many there are, None where all add up or parts are unknown. The rows stay
    in their tables: what a department states is kept, and who reads it is warned.
    """
    told = found = 0
    for path, columns, total, check in _CHECKS:
        for row in _suspects(folder / path, columns, total):
            for column, discrepancy in check(row):
                found += 1
                if told < MOST_TOLD:
                    told += 1
                    reason = discrepancy.text
                    errors.add((row["source_id"], row["row_no"], column, REASON_CODE, reason, None, False))
    if not found:
        return None
    rest = f",只列出前{MOST_TOLD}处" if found > told else ""
    return f"有{found}处金额对不上(各分项与合计不符){rest};行照常读取,请按“数据问题”核对。"


def _suspects(path: Path, columns: tuple[str, ...], total: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    """Yield the rows whose amounts, each with its sign, do not come to nothing."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["source_id", "row_no", *columns]):
            left = pa.array([0] * batch.num_rows, pa.int64())
            for name, sign in zip(columns, total, strict=True):
                left = pc.add(left, pc.multiply(batch.column(name), sign))
            is_out = pc.greater(pc.abs(left), _TOLERANCE_FEN)
            yield from batch.filter(is_out, null_selection_behavior="drop").to_pylist()


def _settlement(row: Mapping[str, Any]) -> Iterator[tuple[str, Discrepancy]]:
    found = check_settlement(*(row[name] for name in _SETTLEMENT), tolerance_fen=_TOLERANCE_FEN)
    if found is not None:
        yield "个人自付", found


def _statement(row: Mapping[str, Any]) -> Iterator[tuple[str, Discrepancy]]:
    wage, business, cost, rent, transfer, net = (row[name] for name in _STATEMENT)
    found = check_annual_income(
        wage, business, cost, rent, transfer, net, None, None, tolerance_fen=_TOLERANCE_FEN
    )
    yield from (("家庭纯收入", each) for each in found)


_CHECKS: tuple[tuple[str, tuple[str, ...], tuple[int, ...], Check], ...] = (
    ("own_pay_entry.parquet", _SETTLEMENT, (1, -1, -1, -1, -1), _settlement),
    ("annual_income.parquet", _STATEMENT, (1, 1, -1, 1, 1, -1), _statement),
)
