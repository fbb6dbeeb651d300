"""A household's rows in every table, so that all of them go along when it moves to another village."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import ForeignKey, Model

from shouwang.records.models import Household

# Rows of a place that are about no household.
OF_A_PLACE = frozenset({
    "meeting", "auditevent", "exportrequest", "donationoffer", "qualitysample", "delivery", "deliverysheet",
    "deliveryrow", "columnmapping",
})  # fmt: skip


class PlacingError(LookupError):
    """A table has a place and no way to its household: it would stay behind."""


def placed_models() -> Iterator[tuple[type[Model], str]]:
    """Yield every table with a place that is about households, with the look-up by which it finds them.

    Raises PlacingError for a table with a place that is neither of a household nor named in OF_A_PLACE.
    """
    for model in apps.get_app_config("records").get_models():
        if model is Household or not _is_placed(model) or model._meta.model_name in OF_A_PLACE:
            continue
        path = _path(model)
        if path is None:
            raise PlacingError(model._meta.label)
        yield model, path


def move_rows(household: Household, division: str) -> dict[str, int]:
    """Give every row of a household, and the household, another village; return how many rows by table."""
    moved = {}
    for model, path in placed_models():
        rows = model._default_manager.filter(**{path: household}).exclude(division=division)
        if count := rows.update(division=division):
            moved[model._meta.model_name or ""] = count
    household.division = division
    household.save(update_fields=["division"])
    return moved


def _is_placed(model: type[Model]) -> bool:
    return any(field.name == "division" for field in model._meta.fields)


def _path(model: type[Model]) -> str | None:
    """Return the shortest look-up from a table to its household, through other placed tables where needed."""
    parents = [field for field in model._meta.fields if isinstance(field, ForeignKey)]
    if any(field.name == "household" and field.related_model is Household for field in parents):
        return "household"
    for field in parents:
        parent = field.related_model
        found = _path(parent) if parent is not model and _is_placed(parent) else None
        if found is not None:
            return f"{field.name}__{found}"
    return None
