"""What leaves a county: an export that is asked for, and a token of the interface."""

from datetime import timedelta

from shouwang.records.models import Account, ApiToken, ExportRequest, Household
from tests.world import NOW, TODAY, Place


def export_of(of: Place, home: Household, staff: Account, words: str) -> dict[str, object]:
    """Make an export that is asked for; return its id by the name that addresses give it."""
    chosen = {"profile": "roster", "area": home.division, "from_on": str(TODAY), "to_on": str(TODAY)}
    made = ExportRequest.objects.create(
        number=f"{of.county}DC1",
        division=home.division,
        area=home.division,
        profile="roster",
        chosen={**chosen, "roles": ["village"]},
        has_personal=True,
        row_count=1,
        purpose="work",
        reason=words,
        state="asked",
        requested_by=staff,
        requested_at=NOW,
    )
    return {"export_id": made.pk}


def token_of(staff: Account, words: str) -> dict[str, object]:
    """Make a token of the interface; return its id by the name that addresses give it."""
    made = ApiToken.objects.create(
        account=staff,
        name=words,
        start="sw_",
        digest=f"{words}{staff.pk}",
        scopes=["read:households"],
        methods=["GET"],
        epoch=staff.session_epoch,
        from_at=NOW,
        until_at=NOW + timedelta(days=90),
        created_at=NOW,
    )
    return {"token_id": made.pk}
