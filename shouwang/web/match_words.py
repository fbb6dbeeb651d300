"""A row and its candidates side by side, as a viewer may read them."""

from typing import Any

from shouwang.actions.match_reading import Sought
from shouwang.domain.children import is_child
from shouwang.domain.departments import department_label
from shouwang.exchange.linkage.comparisons import COMPARISONS
from shouwang.exchange.linkage.deciding import Doubt, FieldWeight
from shouwang.exchange.linkage.numbers import difference
from shouwang.records.models import MatchReview, Member
from shouwang.records.models.matches import MATCH_STATES
from shouwang.records.sealing import UnsealError, unseal
from shouwang.records.viewers import Viewer
from shouwang.reports.match_reviews import Standing
from shouwang.web.clock import today
from shouwang.web.household_words import masked_number
from shouwang.web.present import masked, place_name

STATE_TONES = {"waiting": "todo", "linked": "done", "none": "stopped", "dropped": "unknown"}
_SEX = {"male": "男", "female": "女"}
# A weight that speaks clearly for, or against.
_FOR, _AGAINST = 3.0, -1.0


def tag_of(review: MatchReview) -> tuple[str, str]:
    """Return tone and words of where a review stands."""
    return STATE_TONES[review.state], MATCH_STATES[review.state]


def doubt_words(review: MatchReview) -> str:
    """Say why the row was not linked by itself."""
    return Doubt(review.doubt).label


def row_name(viewer: Viewer, review: MatchReview, says: Sought | None) -> str | None:
    """Return the name in the row as a viewer may read it."""
    child = is_child(says.birth_date, today()) if says else None
    name = says.name if says else review.masked_name
    return masked(viewer, "member.name", name or None, review, is_child=child)


def row_values(viewer: Viewer, review: MatchReview, says: Sought | None) -> dict[str, str | None]:
    """Return what the row says, by field of the comparison, masked for the viewer."""
    if says is None:
        return {"name": row_name(viewer, review, says)}
    said = says.says
    number, phone = (
        masked(viewer, f"member.{column}", said.get(key), review)
        for column, key in (("id_number", "number"), ("phone", "phone"))
    )
    head = masked(viewer, "household.head_name", said.get("head_name"), review)
    place = " ".join(filter(None, (said.get("township"), said.get("village"))))
    return {
        "name": row_name(viewer, review, says),
        "number": number,
        "birth": said.get("birth_date"),
        "sex": _SEX.get(said.get("sex", "")),
        "home": "，户主 ".join(filter(None, (place, head))) or None,
        "phone": phone,
    }


def compared(
    viewer: Viewer, review: MatchReview, says: Sought | None, standings: list[Standing]
) -> list[dict[str, Any]]:
    """Return a line per field: what the row says, and each candidate's value with its degree of agreement."""
    mine = row_values(viewer, review, says)
    written = says.says.get("number") if says else None
    theirs = [_candidate_values(viewer, each.member) if each.member else {} for each in standings]
    return [
        {
            "label": comparison.label,
            "said": mine.get(comparison.key) or "",
            "cells": [
                {
                    "value": values.get(comparison.key) if standing.member else "不在您的管辖范围内",
                    **_agreement(standing, comparison.key),
                    "note": _difference(standing, written) if comparison.key == "number" else None,
                }
                for standing, values in zip(standings, theirs, strict=True)
            ],
        }
        for comparison in COMPARISONS
    ]


def facts_of(review: MatchReview) -> list[dict[str, object]]:
    """Return where the row comes from and how the review stands."""
    return [
        {"label": "推送部门", "value": department_label(review.department)},
        {"label": "文件", "value": review.file_name},
        {"label": "行号", "value": review.row_no},
        {"label": "涉及区划", "value": place_name(review.division)},
        {"label": "为什么要核", "value": doubt_words(review)},
    ]


def _candidate_values(viewer: Viewer, member: Member) -> dict[str, str | None]:
    child = is_child(member.birth_date, today())
    home = member.household
    head = masked(viewer, "household.head_name", home.head_name or None, home)
    own = masked_number(viewer, "member", "phone", member.phone_sealed, member)
    return {
        "name": masked(viewer, "member.name", member.name or None, member, is_child=child),
        "number": masked_number(viewer, "member", "id_number", member.id_sealed, member),
        "birth": member.birth_date.isoformat() if member.birth_date else None,
        "sex": _SEX.get(member.sex),
        "home": "，户主 ".join(filter(None, (place_name(member.division), head))),
        "phone": own or masked_number(viewer, "household", "phone", home.phone_sealed, home),
    }


def _agreement(standing: Standing, field: str) -> dict[str, Any]:
    found = next((each for each in standing.fields if each[0] == field), None)
    if found is None:
        return {"tone": "unknown", "agreement": ""}
    weight = found[2]
    tone = "done" if weight >= _FOR else "overdue" if weight <= _AGAINST else "info"
    label = next(each for each in COMPARISONS if each.key == field).label
    return {"tone": tone, "agreement": str(FieldWeight(*found)).removeprefix(label)}


def _difference(standing: Standing, written: str | None) -> str | None:
    """Say where the two numbers differ; the places only, never a digit."""
    member = standing.member
    if member is None or member.id_sealed is None:
        return None
    try:
        return difference(written, unseal(bytes(member.id_sealed), of="member.id_number"))
    except UnsealError:
        return None
