"""A delivery's bad rows as a workbook, kept sealed when it is read."""

from datetime import date

from shouwang.exchange.delivering import StagedDelivery
from shouwang.exchange.delivery_errors import has_errors, write_delivery_errors
from shouwang.records import lake
from shouwang.records.models import Delivery

KIND = "errors"


def keep_errors(*, delivery: Delivery, staged: StagedDelivery, on: date) -> int:
    """Keep the workbook of a staging's bad rows, in place of an earlier one; return how many errors it lists.

    Raises OSError, WriteError.
    """
    county, name = delivery.division[:6], errors_name(delivery_id=delivery.pk)
    if not has_errors(staged):
        lake.drop_sealed(county, KIND, name)
        return 0
    path = staged.folder / "errors.xlsx"
    listed = write_delivery_errors(staged, path, number=delivery.pk, on=on)
    lake.keep_sealed(county, KIND, name, path.read_bytes())
    return listed


def errors_name(*, delivery_id: int) -> str:
    """Return the name that the workbook is kept under."""
    return f"{delivery_id:08}"
