"""What an office has beside: LibreOffice without a screen, and the import library of the web framework."""

import subprocess
from itertools import islice
from typing import Any

from tests.bench.imports import HEADERS, SAMPLE
from tests.bench.work import Work

# It asks the database for every row, so that a few thousand tell enough.
FEW = 2_000


def read_by_libreoffice(work: Work) -> dict[str, float]:
    """Open the sample in LibreOffice and write it as CSV; its start is part of the work."""
    out = work.out / "libreoffice"
    profile = f"-env:UserInstallation=file://{out / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "csv", "--outdir", str(out)]
    subprocess.run([*command, str(work.out / "sample.xlsx")], check=True, capture_output=True)
    with (out / "sample.csv").open("rb") as lines:
        rows = sum(1 for _ in lines) - 1
    if rows <= 0:
        raise ValueError("LibreOffice wrote no rows")
    return {"rows": min(rows, SAMPLE)}


def read_by_import_export(work: Work) -> dict[str, float]:
    """Let django-import-export read a workbook's rows, look each up, and check it against a model."""
    import openpyxl
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["import_export"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    import django

    django.setup()
    from tablib import Dataset

    book = openpyxl.load_workbook(work.out / "sample.xlsx", read_only=True)
    rows = list(islice(book.worksheets[0].iter_rows(values_only=True), 1, FEW + 1))
    dataset = Dataset(*rows, headers=[f"c{place}" for place in range(len(HEADERS))])
    result = _resource().import_data(dataset, dry_run=True, use_transactions=True)
    if result.has_errors() or result.total_rows != len(rows):
        raise ValueError("django-import-export did not take the rows")
    return {"rows": len(rows)}


def _resource() -> Any:
    """Return the resource of a model of as many text columns, whose table is made in memory."""
    from django.db import connection, models
    from import_export.resources import ModelResource

    columns = [f"c{place}" for place in range(len(HEADERS))]
    fields: dict[str, object] = {name: models.CharField(max_length=200, blank=True) for name in columns}
    meta = type("Meta", (), {"app_label": "import_export"})
    person = type("Person", (models.Model,), {**fields, "__module__": __name__, "Meta": meta})
    with connection.schema_editor() as editor:
        editor.create_model(person)
    # The person's number names the row.
    resource_meta = type("Meta", (), {"model": person, "import_id_fields": ("c3",), "fields": tuple(columns)})
    return type("PersonResource", (ModelResource,), {"Meta": resource_meta})()
