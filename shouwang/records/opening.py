"""Open a site: its database is up, Django knows where it is, and the tables are the current ones."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shouwang.records.server import Database, using
from shouwang.records.site import Site


def connections_of(database: Database) -> dict[str, Any]:
    """Return how the two roles connect, and what the application's role is called."""
    return {
        "app": database.settings("app"),
        "owner": database.settings("owner"),
        "app_role": database.app.set_role or database.app.user,
    }


def name_database(database: Database) -> None:
    """Tell Django, in this process and its children, where the two roles connect."""
    os.environ["SHOUWANG_DATABASE"] = json.dumps(connections_of(database))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwang.settings")


@contextmanager
def opened(site: Site) -> Iterator[Database]:
    """Open a site for the length of a command. Raises ServerError, SiteError."""
    os.environ["SHOUWANG_VAR"] = str(site.home)
    with using(site.database_folder, os.environ) as database:
        name_database(database)
        import django

        django.setup()
        yield database


def migrate() -> None:
    """Bring the tables to the current version, as the role that owns them."""
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, interactive=False)
