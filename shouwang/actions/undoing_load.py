"""Take a load back: the records are again as they were before it, unless later work leans on it."""

from datetime import datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper

from shouwang.actions.acting import Actor, acting
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.records.access import entered_system
from shouwang.records.bulk import expect_whole_tables
from shouwang.records.bulk_moves import move_households
from shouwang.records.bulk_undo import edited_since, leaning_on, mark_new, moved_back, take_back
from shouwang.records.loading_lock import one_load_at_a_time
from shouwang.records.models import Load
from shouwang.records.models.loads import DELIVERY


def undo_load(*, actor: Actor, load_id: int, at: datetime) -> Load:
    """Undo a load whole. Raises Unfit with everything that stands against it, NotThere, LoadRunning."""
    with entered_system():
        load = Load.objects.filter(pk=load_id).first()
        if load is None:
            raise NotThere
        with one_load_at_a_time(load.county), acting(actor, "load.undo", at=at) as act:
            load = Load.objects.select_for_update().get(pk=load_id)
            act.about(load)
            act.division = load.county.ljust(12, "0")
            with connection.cursor() as cursor:
                expect_whole_tables(cursor)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                mark_new(cursor, load.pk)
                _refuse(cursor, load)
                moved = moved_back(cursor, load.pk)
                act.after = {**take_back(cursor, load.pk), "state": "undone"}
                move_households(moved)
            act.before = {"state": load.state}
            load.state, load.undone_at = "undone", at
            load.save(update_fields=["state", "undone_at"])
    return load


def _refuse(cursor: CursorWrapper, load: Load) -> None:
    if load.kind == DELIVERY:
        raise Unfit(f"导入批次 {load.pk} 是部门推送,请在“数据推送”中撤回")
    if load.state != "done":
        raise Unfit(f"导入批次 {load.pk} 的状态是“{load.get_state_display()}”,只有已完成的才能撤销")
    reasons = []
    later = Load.objects.filter(county=load.county, state="done", pk__gt=load.pk).order_by("-pk")
    if numbers := [str(each.pk) for each in later]:
        reasons.append(f"之后又导入了批次 {'、'.join(numbers)},请先从最近的一批起依次撤销")
    count, numbers = edited_since(cursor, load.pk)
    if count:
        more = f"等 {count} 户" if count > len(numbers) else ""
        reasons.append(f"导入之后户编号 {'、'.join(numbers)}{more}又有修改")
    for label, rows in leaning_on(cursor, load.pk).items():
        reasons.append(f"导入之后为其中的新农户登记了“{label}” {rows} 条")
    if reasons:
        raise Unfit([*reasons, "因此不能撤销,数据没有改动"])
