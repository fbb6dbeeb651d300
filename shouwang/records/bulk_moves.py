"""Households that a load places in another village take every row of theirs along."""

from collections.abc import Mapping, Sequence

from django.db.backends.utils import CursorWrapper

from shouwang.records.placing import placed_models


def moved_by(cursor: CursorWrapper, load_id: int) -> dict[str, list[int]]:
    """Return the households that a load has moved, by the village they are in now."""
    cursor.execute(
        "SELECT r.division, array_agg(r.id) FROM records_loadchange c JOIN records_household r ON r.id = "
        "c.row_id "
        "WHERE c.load_id = %s AND c.\"table\" = 'household' AND c.before->>'division' <> r.division GROUP "
        "BY 1",
        [load_id],
    )
    return dict(cursor.fetchall())


def move_households(villages: Mapping[str, Sequence[int]]) -> None:
    """Give all rows of the households of each village its code."""
    for division, ids in villages.items():
        for model, path in placed_models():
            rows = model._default_manager.filter(**{f"{path}__in": ids})
            rows.exclude(division=division).update(division=division)
