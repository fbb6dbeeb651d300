"""What set-aside rows say of a person, opened for comparing; and their fingerprint, to know them again."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pyarrow as pa
from django.conf import settings

from shouwang.actions.delivery_staging import SOUGHT
from shouwang.domain.divisions import children, resolve_village
from shouwang.domain.place_names import township_keys
from shouwang.exchange.linkage.linking import is_for_linkage
from shouwang.exchange.linkage.preparing import ROWS
from shouwang.records.access import elevated
from shouwang.records.models import DeliveryRow, MatchReview
from shouwang.records.sealing import UnsealError, unseal

_IDENTITY = ("name", "number", "birth_date", "sex", "township", "village", "head_name", "phone")


@dataclass(frozen=True)
class Sought:
    """What one row says of its person; `division` is the village, township or county (12 digits) it names."""

    row_id: int
    says: dict[str, str]
    division: str
    row_key: str

    @property
    def name(self) -> str | None:
        """Return the person's name; a row that names only the head is about him."""
        return self.says.get("name") or self.says.get("head_name")

    @property
    def is_specific(self) -> bool:
        """Say whether the row says more of its person than a name and a place."""
        return any(self.says.get(name) for name in ("number", "birth_date", "phone", "head_name"))

    @property
    def birth_date(self) -> date | None:
        """Return the birth date the row states."""
        stated = self.says.get("birth_date")
        return date.fromisoformat(stated) if stated else None


def sought(*, row: DeliveryRow) -> Sought | None:
    """Open what a row says of its person; None where nothing was kept or it cannot be opened."""
    if row.sought_sealed is None:
        return None
    try:
        says = json.loads(unseal(bytes(row.sought_sealed), of=SOUGHT))
    except UnsealError:
        return None
    county = row.division[:6]
    division = _division(county, says.get("township") or "", says.get("village") or "")
    return Sought(row.pk, says, division, _row_key(says))


def sought_of(*, review: MatchReview) -> Sought | None:
    """Open what the row of a review says; the delivery itself may be out of the reader's reach."""
    with elevated():
        row = DeliveryRow.objects.filter(pk=review.row_id).first()
    return sought(row=row) if row else None


def rows_to_compare(*, rows: Iterable[Sought]) -> pa.Table:
    """Return rows as the linkage takes them, row_no being the row's id; those without a name are left out."""
    lines = [
        {
            "row_no": each.row_id, "name": each.name, "number": each.says.get("number"),
            "birth_date": each.birth_date, "sex": each.says.get("sex"),
            "division": each.division, "head_name": each.says.get("head_name"),
            "phone": each.says.get("phone"),
        }
        for each in rows
        if each.name and is_for_linkage(each.says.get("number"))
    ]  # fmt: skip
    return pa.Table.from_pylist(lines, ROWS)


def _row_key(says: dict[str, str]) -> str:
    """Return the keyed fingerprint of what a row says of a person: next month's same words give the same."""
    text = "\x1f".join((says.get(name) or "").strip() for name in _IDENTITY)
    return hmac.digest(settings.SITE.key("blind"), f"match-row:{text}".encode(), "sha256").hex()


@lru_cache(maxsize=20_000)
def _division(county: str, township: str, village: str) -> str:
    found = resolve_village(county, township, village) if village else None
    if found is not None:
        return found.code
    keys = set(township_keys(township)) if township else set()
    meant = [each.code for each in children(county.ljust(12, "0")) if keys & set(township_keys(each.name))]
    return meant[0] if len(meant) == 1 else county.ljust(12, "0")
