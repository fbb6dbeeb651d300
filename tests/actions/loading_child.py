"""A loader in a process of its own, to be killed: `python -m tests.actions.loading_child FOLDER`."""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> None:
    """Load the staged tables of a folder into the database that the environment names."""
    import django

    django.setup()
    from shouwang.actions.loading import load_brought
    from shouwang.actions.loading_staging import Brought
    from shouwang.domain.tables import TABLES
    from tests.actions.loading_world import COUNTY, ON, SYSTEM
    from tests.world import NOW

    folder = Path(sys.argv[1])
    made = Brought({name: folder / f"{name}.parquet" for name in TABLES}, folder / "identity.parquet")
    print("ready", flush=True)
    sys.stdin.readline()
    load_brought(actor=SYSTEM, bring=lambda _: made, county=COUNTY, on=ON, at=NOW)
    print("done", flush=True)


if __name__ == "__main__":
    main()
