"""How Django knows the room."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The one app with tables."""

    name = "shouwang.records"
    label = "records"
    verbose_name = "守望台账"
    default_auto_field = "django.db.models.BigAutoField"
