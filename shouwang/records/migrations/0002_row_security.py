"""The second wall, and what the application's role may not do."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shouwang.records.row_security import statements


def build(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Run every statement of `row_security` as the owner."""
    for each in statements(apps, settings.APP_ROLE):
        editor.execute(each)


class Migration(migrations.Migration):
    """Policies stand on the tables of 0001; Django's own tables must be there for the grants."""

    dependencies = [
        ("records", "0001_tables"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
