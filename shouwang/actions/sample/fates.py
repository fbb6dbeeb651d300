"""How far the sample work takes a clue, and the step of the case before which it stops."""

# How far a clue is taken; each in turn, so that all are there.
FATES = (
    "dispatched",
    "checked",
    "no_risk",
    "watch",
    "opened",
    "compared",
    "appraised",
    "under_notice",
    "objection",
    "objection_answered",
    "reviewed",
    "decided",
    "planned",
    "submitted",
    "helped",
    "helped",
    "registered",
    "rejected",
    "withdrawn",
    "green_channel",
)
UNTIL = {
    "opened": "household_check",
    "compared": "appraisal",
    "appraised": "public_notice",
    "under_notice": "township_review",
    "objection": "township_review",
    "objection_answered": "township_review",
    "reviewed": "county_decision",
    "decided": "announcement",
    "rejected": "appraisal",
    "withdrawn": "appraisal",
    "green_channel": "comparison",
    "registered": "contact_and_plan",
}
