"""A row of a delivery whose person is in doubt, and the review that waits for a decision."""

import json
from typing import Any

from shouwang.actions.delivery_staging import SOUGHT
from shouwang.records.models import Delivery, DeliveryRow, Household, MatchReview
from shouwang.records.sealing import seal
from tests.world import NOW

FIELDS = [["name", "homophone", 11.8], ["number", "two_slips", 14.8], ["home", "village", 3.3]]


def waiting_review(*homes: Household, named: str = "王甲己", words: str = "") -> MatchReview:
    """Make a review of a row whose candidates are the first members; call it inside `entered_system()`."""
    first = homes[0]
    county = first.division[:6].ljust(12, "0")
    delivery = Delivery.objects.create(
        division=county, department="medical", file_name=f"医保_2026年10月{words}.xlsx",
        file_sha256=f"{first.pk:064x}", size_bytes=1, state="committed", received_at=NOW,
    )  # fmt: skip
    says: dict[str, Any] = {"name": named, "number": f"{first.division[:6]}19800101001"}
    row = DeliveryRow.objects.create(
        delivery=delivery, division=county, department="medical", source_no=1, row_no=7,
        reason_code="id_wrong_length", masked_name=f"{named[:1]}**",
        sought_sealed=seal(json.dumps(says), of=SOUGHT),
    )  # fmt: skip
    candidates = [
        {"member": each.members.first().pk, "weight": 9.6 - place, "fields": FIELDS}
        for place, each in enumerate(homes)
    ]
    return MatchReview.objects.create(
        row=row, division=first.division, department="medical", file_name=delivery.file_name, row_no=7,
        masked_name=row.masked_name, doubt="too_close", candidates=candidates, row_key="f" * 64, made_at=NOW,
    )  # fmt: skip
