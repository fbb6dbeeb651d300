"""`python -m tests.stories.walked`: walk a case until its notice hangs; print where it is as JSON."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from shouwang.actions.case_objections import raise_objection  # noqa: E402
from tests.actions.case_walks import at_notice  # noqa: E402


def main() -> None:
    """Walk it and say where it is."""
    made = at_notice()
    made.act("township", raise_objection, opinion="有群众反映其子在县城有房")
    print(json.dumps({"case_id": made.open_case.pk, "step_id": "township_review", "number": 1}))


main()
