"""The running count in the numbers of clues, cases and tasks."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """One sequence for all kinds."""

    dependencies: ClassVar = [("records", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL("CREATE SEQUENCE shouwang_running_number", "DROP SEQUENCE shouwang_running_number")
    ]
