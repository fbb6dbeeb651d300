"""The tab 信贷保险 of the household page, and how loans, policies, claims and gifts are shown."""

from datetime import date
from typing import Any

from shouwang.domain.insurance import CLAIM_EVENTS, GENERAL_KINDS, cover_clause
from shouwang.domain.permissions import Permission
from shouwang.domain.policy import PackError
from shouwang.domain.roles import permissions_of
from shouwang.domain.tables import RISKS
from shouwang.domain.wording import amount
from shouwang.records.models import Claim, Cover, Gift, Household, Loan
from shouwang.records.policies import policy_at
from shouwang.records.viewers import Viewer
from shouwang.reports.credit_list import Credit, credits_of
from shouwang.reports.donation_list import gifts_of
from shouwang.reports.household_state import State
from shouwang.reports.insurance_list import covers_of
from shouwang.web.clock import today
from shouwang.web.household_acts import begins_of
from shouwang.web.page import Request
from shouwang.web.plan_words import member_name
from shouwang.web.present import masked, roles_over

CLAIM_TONES = {"filed": "todo", "paid": "done", "refused": "returned", "withdrawn": "stopped"}
GIFT_TONES = {
    "proposed": "todo",
    "accepted": "doing",
    "delivered": "done",
    "declined": "stopped",
    "cancelled": "stopped",
}
_MONTH_AHEAD = 30


def loan_tag(loan: Loan, on: date) -> tuple[str, str]:
    """Return tone and words of where a loan stands."""
    if loan.state != "running":
        return "done" if loan.state == "repaid" else "stopped", loan.get_state_display()
    days = (loan.due_on - on).days
    if days < 0:
        return "overdue", f"逾期 {-days} 天"
    return ("todo", f"{days} 天后到期") if days <= _MONTH_AHEAD else ("doing", "在贷")


def cover_tag(cover: Cover, on: date) -> tuple[str, str]:
    """Return tone and words of where a policy stands."""
    if cover.ended_on is not None and cover.ended_on <= on:
        return "stopped", "已退保"
    if on < cover.starts_on:
        return "info", "未起保"
    days = (cover.ends_on - on).days
    if days < 0:
        return "stopped", "已到期"
    return ("todo", f"{days} 天后到期") if days <= _MONTH_AHEAD else ("done", "在保")


def credit_items(found: Credit, on: date) -> list[dict[str, Any]]:
    """Return the loans of a household, registered and delivered, as a list shows them."""
    items = []
    for loan in found.running:
        tone, words = loan_tag(loan, on)
        text = f"{loan.lender} {loan.get_origin_display()}，余额 {amount(loan.balance_fen)}"
        items.append({"text": text, "tone": tone, "words": words, "loan_id": loan.pk})
    for row in found.bank:
        late = row.overdue_days or (max(0, (on - row.due_on).days) if row.due_on else 0)
        said = f"{row.delivered_month:%Y-%m}银行推送" if row.delivered_month else "银行推送"
        text = f"{said}：{row.loan_kind or '贷款类型未知'}，余额 {amount(row.balance_fen)}"
        tone, words = ("overdue", f"逾期 {late} 天") if late else ("info", "正常")
        items.append({"text": text, "tone": tone, "words": words, "loan_id": None})
    return items


def event_words(viewer: Viewer, claim: Claim) -> str:
    """Name what a claim is about, as far as the viewer may know it."""
    seen = masked(viewer, "claim.event", claim.event, claim.household) or ""
    return CLAIM_EVENTS.get(seen, seen)


def support(request: Request, state: State) -> dict[str, Any]:
    """Wishes and loans, policies and claims, gifts of donors."""
    household, viewer = state.household, request.viewer
    if Permission.SEE_INCOME not in permissions_of(roles_over(viewer, household)):
        return {"is_hidden": True}
    found, on = credits_of([household])[0], today()
    loans = [dict(zip(("row", "tag"), (each, loan_tag(each, on)), strict=True)) for each in found.loans]
    covers = list(covers_of(household))
    is_covered = any(each.kind in GENERAL_KINDS and _holds(each, on) for each in covers)
    return {
        "credit": found,
        "bank_items": [each for each in credit_items(found, on) if each["loan_id"] is None],
        "loans": loans,
        "covers": [_cover_row(viewer, each, on) for each in covers],
        "lacks_cover": household.monitoring == "monitored" and not is_covered,
        "cover_clause": _clause(household, on),
        "claims": [claim_row(viewer, claim, household, on) for each in covers for claim in each.claims.all()],
        "gifts": [gift_row(viewer, each) for each in gifts_of(household)],
        "support_acts": {each["page"]: each["url"] for each in begins_of(viewer, household)},
    }


def _holds(cover: Cover, on: date) -> bool:
    return cover.starts_on <= on <= cover.ends_on and (cover.ended_on is None or on < cover.ended_on)


def _clause(household: Household, on: date) -> str | None:
    try:
        return cover_clause(policy_at(household.division, on))
    except PackError:
        return None


def _cover_row(viewer: Viewer, cover: Cover, on: date) -> dict[str, Any]:
    persons = [member_name(viewer, each.member, on) for each in cover.persons.all()]
    return {"row": cover, "tag": cover_tag(cover, on), "persons": "、".join(persons) or "全户"}


def claim_row(viewer: Viewer, claim: Claim, household: Household, on: date) -> dict[str, Any]:
    """Return a claim as tables show it; what it is about only for those who may know it."""
    claim.household = household
    return {
        "row": claim,
        "event": event_words(viewer, claim),
        "person": member_name(viewer, claim.member, on) if claim.member else "全户",
        "reason": masked(viewer, "claim.reason", claim.reason or None, household) or "",
        "text": masked(viewer, "claim.text", claim.text or None, household) or "",
        "tone": CLAIM_TONES[claim.state],
    }


def gift_row(viewer: Viewer, gift: Gift) -> dict[str, Any]:
    """Return a gift as tables show it; the reason tells of illness, and is for those who may know it."""
    given = gift.delivered_fen if gift.delivered_fen is not None else gift.amount_fen
    pieces = gift.delivered_quantity if gift.delivered_quantity is not None else gift.quantity
    parts = [f"{pieces}{gift.unit or '份'}" if pieces else "", amount(given) if given else ""]
    return {
        "row": gift,
        "what": "，".join(filter(None, parts)) or "未填",
        "tone": GIFT_TONES[gift.state],
        "risk": RISKS.get(gift.risk, gift.risk),
        "reason": masked(viewer, "gift.reason", gift.reason, gift.household) or "",
    }
