"""What a case does to its household: monitored, eliminated, back again, removed; each a version (R7)."""

from typing import Any

from shouwang.actions.case_frame import Hand
from shouwang.actions.household_versions import new_version
from shouwang.domain.monitored_class import monitored_class
from shouwang.domain.procedure import Step
from shouwang.records.case_facts import standing_papers
from shouwang.records.models import Household
from shouwang.records.policies import policy_at

_NOTES = {
    "identification": "识别认定",
    "elimination": "风险消除",
    "rollback": "风险消除回退",
    "removal": "清退",
}


def settle(*, hand: Hand, step: Step) -> None:
    """Carry a step just taken over to the household: the verdict, and the number it is filed under."""
    if step.is_deciding:
        _change(hand, **_DECIDED[hand.case.track](hand))
    elif "has_registration" in step.needs:
        number = (
            standing_papers(hand.case.papers.all(), hand.state).get("registration", {}).get("national_number")
        )
        if number and hand.case.track == "identification" and number != hand.case.household.national_number:
            _change(hand, national_number=number)


def _change(hand: Hand, **columns: Any) -> None:
    household = Household.objects.select_for_update().get(pk=hand.case.household_id)
    new_version(
        household,
        on=hand.on,
        at=hand.at,
        change=hand.case.track,
        note=f"{_NOTES[hand.case.track]}（个案{hand.case.number}）",
        entered_by=hand.actor.viewer.account_id,
        **columns,
    )


def _identified(hand: Hand) -> dict[str, Any]:
    household = hand.case.household
    check = standing_papers(hand.case.papers.all(), hand.state).get("household_check", {})
    names = policy_at(hand.case.division, hand.on).class_names
    is_sudden = "is_sudden_hardship" in hand.state.traits or hand.state.is_green_channel or None
    derived = monitored_class(household.household_class, names, is_sudden=is_sudden)
    risks = check.get("risks") or (hand.case.clue.risks if hand.case.clue else []) or household.risks
    return {
        "monitoring": "monitored",
        "monitored_class": names.get(check.get("monitored_class", ""), derived),
        "identified_on": hand.on,
        "eliminated_on": None,
        "risks": list(risks),
    }


def _eliminated(hand: Hand) -> dict[str, Any]:
    return {"monitoring": "eliminated", "eliminated_on": hand.on}


def _rolled_back(hand: Hand) -> dict[str, Any]:
    """Monitored again as if it had never been eliminated: class, day and national number stay (R52)."""
    return {"monitoring": "monitored", "eliminated_on": None}


def _removed(hand: Hand) -> dict[str, Any]:
    return {"monitoring": "removed"}


_DECIDED = {
    "identification": _identified,
    "elimination": _eliminated,
    "rollback": _rolled_back,
    "removal": _removed,
}
