"""A delivery of a county as it stands when its columns are not understood."""

from shouwang.records.models import Delivery
from tests.world import NOW, TODAY, Place


def delivered(of: Place, words: str) -> dict[str, object]:
    """Make a delivery whose file is named by `words`; return its id by the name that addresses give it."""
    made = Delivery.objects.create(
        division=of.county.ljust(12, "0"),
        department="medical",
        feeds=["medical"],
        month=TODAY.replace(day=1),
        file_name=f"{words}.xlsx",
        file_sha256=of.county.rjust(64, "0"),
        size_bytes=1,
        state="unmapped",
        received_at=NOW,
        notices=[words],
        unknown_sheets=[
            {"sheet": "", "headers": [words, "姓名"], "header_row_no": 1, "feed": None, "reason": words,
             "headers_key": of.county.rjust(64, "0")},
        ],
    )  # fmt: skip
    return {"delivery_id": made.pk}
