"""The workbook of a delivery's bad rows, given to who may hand in for it; each time is told."""

from datetime import datetime

from shouwang.actions.acting import Actor, acting
from shouwang.actions.delivery_deciding import locked_delivery
from shouwang.actions.delivery_errors import KIND, errors_name
from shouwang.actions.refusals import NotThere
from shouwang.records import lake


def give_errors(*, actor: Actor, delivery_id: int, at: datetime) -> tuple[str, bytes]:
    """Return the name and content of the workbook of a delivery's bad rows, one act.

    Raises NotThere, NotAllowed.
    """
    with acting(actor, "delivery.errors", at=at) as act:
        delivery = locked_delivery(actor=actor, delivery_id=delivery_id)
        content = lake.read_sealed(delivery.division[:6], KIND, errors_name(delivery_id=delivery.pk))
        if content is None:
            raise NotThere
        act.about(delivery)
        act.after = {"listed": delivery.counts.get("listed", 0)}
    return f"错误数据_第{delivery.pk}批.xlsx", content
