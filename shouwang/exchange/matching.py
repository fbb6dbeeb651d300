"""Departments' rows to the registry's persons and households; the rest is set aside with its reason."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shouwang.domain.identity import IdentityProblem
from shouwang.domain.masking import mask_name
from shouwang.domain.tables import INCOME_ITEMS
from shouwang.exchange.keeping import RowKeeper
from shouwang.exchange.layouts import Layout
from shouwang.exchange.parts import Part, RowsWriter
from shouwang.exchange.persons import PersonIndex
from shouwang.exchange.registry import id_keys
from shouwang.exchange.rows import TypedRows

UNMATCHED_REASONS = {
    "not_in_registry": "证件号码有效，但登记库中没有此人；请核对是否为本县农户或登记库是否需要更新",
    "ambiguous": "登记库中有两人或两户以上使用同一证件号码，无法判断归谁；请先在登记库中更正",
    "household_not_in_registry": "登记库中没有这个户编号；请核对户编号或更新登记库",
    **{f"id_{problem}": f"{problem.label}；{problem.advice}" for problem in IdentityProblem},
}


@dataclass(frozen=True)
class KnownPeople:
    """Whom rows may be matched to: the index of persons and heads, and the numbers of all households."""

    index: PersonIndex
    households: pa.Array


@dataclass
class Matcher:
    """Write the rows of deliveries to their parts, matched to `index`, or to `unmatched`."""

    index: PersonIndex
    households: pa.Array
    key: bytes
    unmatched: RowsWriter
    keeper: RowKeeper | None = None

    def write_events(self, rows: TypedRows, layout: Layout, part: Part) -> int:
        """Write one row per matched row; return how many were set aside."""
        keys = id_keys(rows, self.key)
        person, household, is_shared = self.index.find(keys, as_head=layout.subject == "household")
        lost = pc.indices_nonzero(pc.is_null(household)).to_pylist()
        codes = {at: _why(rows, at, is_shared[at].as_py()) for at in lost}
        if lost:
            self._set_aside(rows, layout, part.source_id, lost, list(codes.values()))
        keep = pc.is_valid(household)
        columns = {"person_id": person, "household_id": household}
        columns |= {name: values for name, values in rows.columns.items() if name in part.schema.names}
        if self.keeper is not None:
            self.keeper.write(part, rows, columns, keys, codes)
        part.write({name: values.filter(keep) for name, values in columns.items()}, rows.row_no.filter(keep))
        return len(lost)

    def write_ledger(self, rows: TypedRows, layout: Layout, part: Part) -> int:
        """Write one row per household, month and filled item; return how many sheet rows were set aside."""
        household, month = rows.columns["household_id"], rows.columns["month"]
        known = pc.is_in(household, value_set=self.households)
        lost = pc.indices_nonzero(pc.invert(known)).to_pylist()
        if lost:
            self._set_aside(rows, layout, part.source_id, lost, ["household_not_in_registry"] * len(lost))
        for item in INCOME_ITEMS:
            amount = rows.columns.get(f"item:{item}")
            if amount is None:
                continue
            keep = pc.and_(known, pc.is_valid(amount))
            row_no = rows.row_no.filter(keep)
            columns = {
                "household_id": household.filter(keep), "month": month.filter(keep),
                "item": pa.repeat(pa.scalar(item, pa.string()), len(row_no)),
                "amount_fen": amount.filter(keep),
            }  # fmt: skip
            part.write(columns, row_no)
            if self.keeper is not None:
                self.keeper.write_matched(part, columns, row_no)
        return len(lost)

    def _set_aside(
        self, rows: TypedRows, layout: Layout, source_id: int, lost: list[int], codes: list[str]
    ) -> None:
        at = pa.array(lost, pa.int64())
        row_no = rows.row_no.take(at).to_pylist()
        names = _taken(rows, "@name", at) if "@name" in rows.columns else _taken(rows, "@head_name", at)
        townships, villages = _taken(rows, "@township", at), _taken(rows, "@village", at)
        lines = zip(row_no, codes, townships, villages, names, strict=True)
        for number, code, township, village, name in lines:
            reason = UNMATCHED_REASONS[code]
            self.unmatched.add(
                (
                    source_id,
                    number,
                    layout.feed,
                    code,
                    reason,
                    township,
                    village,
                    mask_name(name) if name else None,
                )
            )


def _taken(rows: TypedRows, name: str, at: pa.Array) -> list[Any]:
    taken: list[Any] = rows.column(name, pa.string()).take(at).to_pylist()
    return taken


def _why(rows: TypedRows, at: int, is_shared: bool) -> str:
    """Return the code of the reason that a row found nobody."""
    if is_shared:
        return "ambiguous"
    problem = rows.identities[at].problem if rows.identities else IdentityProblem.MISSING
    return f"id_{problem}" if problem else "not_in_registry"
