"""A clue finds its household; where that has an open clue already, the two become one and nothing is lost."""

from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.clue_entries import locked_clue, refuse_closed
from shouwang.actions.clue_gathering import graver
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.tables import RISKS
from shouwang.records.models import Attachment, Clue, Household

LINKERS = (Permission.DISPATCH_CLUE, Permission.CHECK_CLUE)


def link_household(
    *, actor: Actor, clue_id: int, version: int, household_id: int, on: date, at: datetime
) -> Clue:
    """Say which household a clue is about; return the open clue of that household.

    An earlier open clue of it takes over the sources and the graver state of things; this one is closed and
    says where it went. Raises Unfit, NotThere, NotAllowed, Stale.
    """
    with acting(actor, "clue.link", at=at) as act:
        clue = locked_clue(actor=actor, clue_id=clue_id, permissions=LINKERS, version=version)
        refuse_closed(clue=clue)
        if clue.household_id is not None:
            raise Unfit("这条线索已经关联农户，如关联有误，请以“数据有误”办结后另行登记")
        household = locked(actor, Household.objects.all(), household_id, Permission.REPORT_CLUE)
        others = Clue.objects.filter(household=household).exclude(state="closed")
        other = others.select_for_update(of=("self",)).first()
        _place(clue, household)
        kept = clue if other is None else _joined(clue, other, on)
        clue.household = household
        clue.named, clue.named_pinyin = household.head_name, household.head_pinyin
        clue.version += 1
        clue.save()
        act.about(clue, "+".join(actor.viewer.roles))
        act.after = {"household_id": household.pk, "kept": kept.pk, "state": clue.state}
    return kept


def _place(clue: Clue, household: Household) -> None:
    """Let everything of a clue lie where the household lies."""
    clue.division = household.division
    clue.checks.exclude(division=household.division).update(division=household.division)
    clue.origins.update(division=household.division)
    papers = Attachment.objects.filter(owner=f"clue:{clue.pk}", household=None)
    papers.update(household=household, division=household.division)


def _joined(clue: Clue, other: Clue, on: date) -> Clue:
    """Move the sources to the earlier clue and close this one, which says where it went."""
    if clue.checks.exists():
        raise Unfit(f"该户已有办理中的线索 {other.number}，而这条已有核查记录，请先办结其中一条再关联")
    clue.origins.update(clue=other)
    other.risks = [each for each in RISKS if each in {*other.risks, *clue.risks}]
    other.grade = graver(grades=(other.grade, clue.grade))
    other.is_urgent = other.is_urgent or clue.is_urgent
    other.due_on = min((each for each in (other.due_on, clue.due_on) if each), default=None)
    other.phone_sealed = other.phone_sealed or clue.phone_sealed
    other.version += 1
    other.save()
    clue.state, clue.turn, clue.closed_on = "closed", "", on
    clue.verdict_reason = f"与同户线索 {other.number} 合并办理"
    return other
