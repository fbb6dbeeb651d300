"""What people decide of a delivery: columns, good rows accepted, doubt lifted, sent back, stopped."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shouwang.actions.acting import Act, Actor, acting
from shouwang.actions.delivery_reading import ERRORS, SUSPICIONS
from shouwang.actions.delivery_staging import REMEMBERED
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.deliveries import DeliveryState
from shouwang.domain.departments import department_label
from shouwang.domain.permissions import Permission
from shouwang.exchange.mapping import MappingError, section_of
from shouwang.records.access import visible
from shouwang.records.models import ColumnMapping, Delivery

OWN = (Permission.DELIVER_DATA, Permission.IMPORT_DATA)


def locked_delivery(
    *,
    actor: Actor,
    delivery_id: int,
    version: int | None = None,
    permissions: tuple[Permission, ...] = OWN,
) -> Delivery:
    """Lock and return a delivery that an account may act on. Raises NotThere, NotAllowed, Stale."""
    # A correction under way may name it meanwhile: its key is not locked.
    rows = Delivery.objects.filter(pk=delivery_id)
    found = visible(rows, actor.viewer).select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise NotThere
    if not any(visible(rows, actor.viewer, each, is_write=True).exists() for each in permissions):
        raise NotAllowed(f"您在这里没有“{permissions[-1].label}”的权限，请由有权限的人员办理")
    if version is not None and version != found.version:
        raise Stale("这一批刚被他人处理，请刷新页面，核对后再办理")
    return found


def accept_rows(*, actor: Actor, delivery_id: int, version: int, at: datetime) -> Delivery:
    """Let the good rows of a delivery count; the others are given back. It is read again and put in force."""
    with acting(actor, "delivery.accept", at=at) as act:
        delivery = locked_delivery(actor=actor, delivery_id=delivery_id, version=version)
        _refuse_unless(delivery, DeliveryState.WAITING, "没有待确认的错误行")
        _queue(delivery, act, ERRORS)
    return delivery


def release_delivery(*, actor: Actor, delivery_id: int, version: int, reason: str, at: datetime) -> Delivery:
    """Lift the doubt over a quarantined delivery; another than who handed it in does, with a reason."""
    with acting(actor, "delivery.release", at=at) as act:
        only = (Permission.IMPORT_DATA,)
        delivery = locked_delivery(actor=actor, delivery_id=delivery_id, version=version, permissions=only)
        act.reason = reason
        _refuse_unless(delivery, DeliveryState.QUARANTINED, "没有被隔离")
        if not reason.strip():
            raise Unfit("请写明为什么可以入库")
        if delivery.received_by_id == actor.viewer.account_id:
            raise Unfit("有疑点的数据不能由上传人自己放行，请由另一人核对")
        delivery.decision, delivery.decided_at = reason, at
        delivery.decided_by_id = actor.viewer.account_id
        _queue(delivery, act, SUSPICIONS)
    return delivery


def refuse_delivery(*, actor: Actor, delivery_id: int, version: int, reason: str, at: datetime) -> Delivery:
    """Send a delivery that is not in force back to its sender, with the reason."""
    with acting(actor, "delivery.refuse", at=at) as act:
        delivery = locked_delivery(actor=actor, delivery_id=delivery_id, version=version)
        act.about(delivery)
        act.reason = reason
        if delivery.state not in (
            DeliveryState.UNMAPPED,
            DeliveryState.WAITING,
            DeliveryState.QUARANTINED,
        ):
            raise Unfit(f"这一批的状态是“{delivery.get_state_display()}”，不能退回")
        if not reason.strip():
            raise Unfit("请写明退回的理由")
        act.before = {"state": delivery.state}
        delivery.state, delivery.decision, delivery.decided_at = DeliveryState.REFUSED, reason, at
        delivery.decided_by_id = actor.viewer.account_id
        delivery.version += 1
        delivery.save()
        act.after = {"state": str(delivery.state)}
    return delivery


def stop_delivery(*, actor: Actor, delivery_id: int, at: datetime) -> Delivery:
    """Ask for the reading of a delivery to stop; what is in force already stays."""
    with acting(actor, "delivery.stop", at=at) as act:
        delivery = locked_delivery(actor=actor, delivery_id=delivery_id)
        act.about(delivery)
        if delivery.state == DeliveryState.RECEIVED:
            delivery.state = DeliveryState.CANCELLED
            delivery.problems = ["读取前已停止，没有数据入库"]
        elif delivery.state != DeliveryState.READING:
            raise Unfit("这一批已经读取完毕，不能停止；如已入库，请撤回")
        delivery.is_cancel_asked = True
        delivery.save(update_fields=["state", "problems", "is_cancel_asked"])
        act.after = {"is_cancel_asked": True}
    return delivery


def map_columns(
    *,
    actor: Actor,
    delivery_id: int,
    version: int,
    headers_key: str,
    feed: str,
    columns: Mapping[str, str],
    at: datetime,
    more: Mapping[str, Mapping[str, Any]] | None = None,
) -> Delivery:
    """Say what a sheet's columns mean; remembered for the department's later files of the same layout.

    `columns` is header → standard header ("" leaves the column out); `more` holds constants, units and values
    as a mapping file says them. The delivery is read again once all its
    unknown sheets are explained.
    """
    said = {name: dict((more or {}).get(name, {})) for name in ("constants", "units", "values")}
    said["columns"] = dict(columns)
    with acting(actor, "delivery.map", at=at) as act:
        delivery = locked_delivery(actor=actor, delivery_id=delivery_id, version=version)
        sheets = _sheets_to_map(delivery, headers_key, feed)
        _check_mapping(feed, said)
        ColumnMapping.objects.update_or_create(
            division=delivery.division, department=delivery.department, headers_key=headers_key,
            defaults={
                "feed": feed, "headers": sheets[0]["headers"], **said,
                "confirmed_by_id": actor.viewer.account_id, "confirmed_at": at,
            },
        )  # fmt: skip
        delivery.unknown_sheets = [each for each in delivery.unknown_sheets if each not in sheets]
        act.about(delivery)
        act.after = {"feed": feed, "columns": len(columns)}
        if not delivery.unknown_sheets:
            _queue(delivery, act)
        else:
            delivery.version += 1
            delivery.save()
    return delivery


def _sheets_to_map(delivery: Delivery, headers_key: str, feed: str) -> list[dict[str, Any]]:
    _refuse_unless(delivery, DeliveryState.UNMAPPED, "没有待确认的列名")
    sheets = [each for each in delivery.unknown_sheets if each["headers_key"] == headers_key]
    if not sheets:
        raise NotThere
    if feed != delivery.department:
        raise Unfit(f"这一批由“{department_label(delivery.department)}”推送，数据来源应与部门一致")
    return sheets


def _check_mapping(feed: str, said: Mapping[str, Any]) -> None:
    try:
        section_of(REMEMBERED, "*", {"feed": feed, **said})
    except MappingError as error:
        raise Unfit(str(error)) from error


def _refuse_unless(delivery: Delivery, state: DeliveryState, what: str) -> None:
    if delivery.state != state:
        raise Unfit(f"这一批{what}（现为“{delivery.get_state_display()}”）")


def _queue(delivery: Delivery, act: Act, *accepted: str) -> None:
    """Put a delivery back in the queue, to be read again with what has been decided."""
    act.about(delivery)
    act.before = {"state": delivery.state}
    delivery.state, delivery.is_cancel_asked = DeliveryState.RECEIVED, False
    delivery.accepted = sorted({*delivery.accepted, *accepted})
    delivery.version += 1
    delivery.save()
    act.after |= {"state": str(delivery.state)}
