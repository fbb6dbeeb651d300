"""Which permission an act on a case asks for; which level acts, the pack says."""

from shouwang.domain.permissions import Permission

_P = Permission
_REVERSAL = {
    "village": _P.REQUEST_ROLLBACK,
    "township": _P.REVIEW_ROLLBACK,
    "county_office": _P.CONFIRM_ROLLBACK,
    "city": _P.FORWARD_ROLLBACK,
    "province": _P.APPROVE_ROLLBACK,
}
# track → acting role of the procedure → permission.
STEP_PERMISSIONS: dict[str, dict[str, Permission]] = {
    "identification": {
        "village": _P.RECORD_APPRAISAL,
        "resident_team": _P.CHECK_CLUE,
        "township": _P.REVIEW_CASE,
        "department": _P.ANSWER_COMPARISON,
        "county_office": _P.CONFIRM_CASE,
    },
    "elimination": {
        "village": _P.PROPOSE_ELIMINATION,
        "resident_team": _P.PROPOSE_ELIMINATION,
        "township": _P.REVIEW_ELIMINATION,
        "county_office": _P.CONFIRM_ELIMINATION,
    },
    "rollback": _REVERSAL,
    "removal": _REVERSAL,
}


def step_permission(track: str, role: str) -> Permission | None:
    """Return what acting as `role` on a track asks for; None where the role has no part in it."""
    return STEP_PERMISSIONS.get(track, {}).get(role)
