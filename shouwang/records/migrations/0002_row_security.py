"""The second wall, what the application's role may not do, and the references that triggers keep."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shouwang.records import row_security, set_references


def build(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Run every statement of `row_security` and `set_references` as the owner."""
    for each in (*row_security.statements(apps, settings.APP_ROLE), *set_references.statements(apps)):
        editor.execute(each, None)


class Migration(migrations.Migration):
    """Policies stand on the tables of 0001; Django's own tables must be there for the grants."""

    dependencies = [
        ("records", "0001_tables"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
