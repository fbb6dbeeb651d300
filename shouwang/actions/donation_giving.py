"""From an offer to a household (R47): proposed with its reason, accepted by another person, delivered.

A gift never goes beyond what is left of the offer, nor beyond what the household needs; both are held while
a gift is made, so that two cannot give the same twice.
"""

from dataclasses import dataclass
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.numbering import next_number
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.donations import STANDING_GIFTS, Giving, RiskNeed, place_prefix, wrong_amount, wrong_gift
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.domain.tables import RISKS
from shouwang.records.donation_needs import needs_of, offer_of
from shouwang.records.models import DonationOffer, Gift, Household
from shouwang.records.policies import policy_at

_P = Permission
_FEWEST = 4


@dataclass(frozen=True)
class GiftEntry:
    """A gift as it is proposed; `stated_fen` is a need that no record tells, with its `ground`."""

    risk: str
    amount_fen: int | None = None
    quantity: int | None = None
    stated_fen: int | None = None
    ground: str = ""
    reason: str = ""


def propose_gift(
    *, actor: Actor, offer_id: int, household_id: int, entry: GiftEntry, on: date, at: datetime
) -> Gift:
    """Propose that a household is given something of an offer; the village is told."""
    with acting(actor, "gift.propose", at=at) as act:
        offer: DonationOffer = locked(actor, DonationOffer.objects.all(), offer_id, _P.SEND_TASK)
        household = locked(actor, Household.objects.all(), household_id, _P.SEND_TASK)
        need = _need(household, entry.risk, on)
        wrong = _wrong(offer, household, entry, need, on)
        if wrong:
            raise Unfit(wrong.values(), wrong)
        cost = need.cost_fen if need and need.cost_fen is not None else entry.stated_fen
        words = "；".join(filter(None, (entry.reason.strip(), entry.ground.strip())))
        gift = Gift.objects.create(
            number=next_number(kind="gift", division=household.division, on=on),
            offer=offer,
            household=household,
            division=household.division,
            donor_name=offer.donor_name,
            kind=offer.kind,
            text=offer.text,
            unit=offer.unit,
            risk=entry.risk,
            amount_fen=entry.amount_fen,
            quantity=entry.quantity,
            need_fen=cost,
            reason=words or RISKS[entry.risk],
            proposed_by_id=actor.viewer.account_id,
            proposed_on=on,
        )
        _tell(gift, (Role.VILLAGE,), "有一项社会捐赠拟给本村农户，请征求意见后确认", at)
        act.about(gift, _role(actor, _P.SEND_TASK, household))
        act.after = {"state": gift.state, "risk": gift.risk, "amount_fen": gift.amount_fen}
    return gift


def answer_gift(
    *, actor: Actor, gift_id: int, version: int, is_accepted: bool, answer: str, on: date, at: datetime
) -> Gift:
    """Accept a proposed gift for the household, or decline it; the proposer himself may do neither."""
    with acting(actor, "gift.answer", at=at) as act:
        gift = _gift(actor, gift_id, version, ("proposed",), "不在待确认状态")
        if gift.proposed_by_id == actor.viewer.account_id:
            raise NotAllowed("这项对接由您本人提出，须由他人征求农户意见后确认")
        if not is_accepted and len(answer.strip()) < _FEWEST:
            raise Unfit("不接受请写明原因（至少4个字）", {"answer": "不接受请写明原因（至少4个字）"})
        household = Household.objects.select_for_update().get(pk=gift.household_id)
        if is_accepted:
            _check_still_needed(gift, household, gift.amount_fen, on)
        act.about(gift, _role(actor, _P.RECORD_MEASURE, household))
        act.before = {"state": gift.state}
        gift.state = "accepted" if is_accepted else "declined"
        gift.answered_by_id, gift.answered_on, gift.answer = actor.viewer.account_id, on, answer.strip()
        act.after = {"state": gift.state}
        _save(gift)
    return gift


def deliver_gift(
    *,
    actor: Actor,
    gift_id: int,
    version: int,
    delivered_on: date,
    delivered_fen: int | None,
    delivered_quantity: int | None,
    receipt: str,
    received_by: str,
    on: date,
    at: datetime,
) -> Gift:
    """Record that a gift reached the household, with the receipt; never more than was accepted."""
    with acting(actor, "gift.deliver", at=at) as act:
        gift = _gift(actor, gift_id, version, ("accepted",), "须先经他人确认才能登记交付")
        wrong = _wrong_delivery(
            gift, delivered_on, delivered_fen, delivered_quantity, receipt, received_by, on
        )
        if wrong:
            raise Unfit(wrong.values(), wrong)
        act.about(gift, _role(actor, _P.RECORD_MEASURE, gift.household))
        act.before = {"state": gift.state}
        gift.state, gift.delivered_on = "delivered", delivered_on
        gift.delivered_fen, gift.delivered_quantity = delivered_fen, delivered_quantity
        gift.receipt, gift.received_by = receipt.strip(), received_by.strip()
        gift.recorded_by_id = actor.viewer.account_id
        act.after = {"state": gift.state, "delivered_on": delivered_on, "delivered_fen": delivered_fen}
        _save(gift)
    return gift


def cancel_gift(*, actor: Actor, gift_id: int, version: int, reason: str, on: date, at: datetime) -> Gift:
    """Cancel a gift that was not delivered; what it held of the offer is free again."""
    with acting(actor, "gift.cancel", at=at) as act:
        gift = _gift(actor, gift_id, version, ("proposed", "accepted"), "已经办结，不能取消", _P.SEND_TASK)
        if len(reason.strip()) < _FEWEST:
            raise Unfit("请写明取消原因（至少4个字）", {"reason": "请写明取消原因（至少4个字）"})
        act.about(gift, _role(actor, _P.SEND_TASK, gift.household))
        act.reason, act.before, act.after = reason.strip(), {"state": gift.state}, {"state": "cancelled"}
        gift.state, gift.answer = "cancelled", f"{on:%Y-%m-%d}取消：{reason.strip()}"
        _save(gift)
    return gift


def _need(household: Household, risk: str, on: date) -> RiskNeed | None:
    return needs_of([household], on)[household.pk].needs.get(risk)


def _wrong(
    offer: DonationOffer, household: Household, entry: GiftEntry, need: RiskNeed | None, on: date
) -> dict[str, str]:
    if household.monitoring != "monitored":
        return {"household": "社会捐赠对接监测对象，这户不在监测中"}
    if not household.division.startswith(place_prefix(offer.division)):
        return {"household": "这户不在这项捐赠意向的地区内"}
    if offer.gifts.filter(household=household, state__in=STANDING_GIFTS).exists():
        return {"household": "这户已对接过这项捐赠，不重复给予"}
    giving = Giving(entry.amount_fen, entry.quantity, entry.stated_fen, entry.ground)
    return wrong_gift(offer_of(offer), giving, need, policy_at(household.division, on), on)


def _check_still_needed(gift: Gift, household: Household, amount_fen: int | None, on: date) -> None:
    """What helps since the proposal may have made it more than the need; the gift itself is left out."""
    need = _need(household, gift.risk, on)
    if need is None:
        raise Unfit("这户已不再登记这项风险，请不接受并写明原因")
    others = max(0, need.given_fen - (gift.amount_fen or 0))
    without = RiskNeed(need.risk, need.cost_fen, need.cost_words, need.helped_fen, others)
    giving = Giving(amount_fen, gift.quantity, gift.need_fen, gift.reason)
    wrong = wrong_amount(giving, without, policy_at(household.division, on))
    if wrong:
        raise Unfit(wrong.values())


def _wrong_delivery(
    gift: Gift,
    delivered_on: date,
    delivered_fen: int | None,
    delivered_quantity: int | None,
    receipt: str,
    received_by: str,
    on: date,
) -> dict[str, str]:
    wrong = {}
    if delivered_on > on:
        wrong["delivered_on"] = "交付日期不能晚于今天"
    elif gift.answered_on is not None and delivered_on < gift.answered_on:
        wrong["delivered_on"] = "交付日期早于确认日期"
    pairs = (
        ("delivered_fen", delivered_fen, gift.amount_fen, gift.kind == "cash"),
        ("delivered_quantity", delivered_quantity, gift.quantity, gift.kind != "cash"),
    )
    for name, given, agreed, is_asked in pairs:
        if is_asked and not given:
            wrong[name] = "请填写实际交付的数额"
        elif given is not None and agreed is not None and given > agreed:
            wrong[name] = "不能多于确认的数额；确需增加请另行对接"
    if len(receipt.strip()) < 2:
        wrong["receipt"] = "请填写收据或签收单编号"
    if not received_by.strip():
        wrong["received_by"] = "请填写签收人与户主的关系"
    return wrong


def _gift(
    actor: Actor,
    gift_id: int,
    version: int,
    states: tuple[str, ...],
    said: str,
    permission: Permission = _P.RECORD_MEASURE,
) -> Gift:
    gift: Gift = locked(actor, Gift.objects.all(), gift_id, permission, version=version)
    if gift.state not in states:
        raise Unfit(f"这项对接现为“{gift.get_state_display()}”，{said}")
    return gift


def _tell(gift: Gift, roles: tuple[Role, ...], text: str, at: datetime) -> None:
    people = accounts_with(roles=roles, division=gift.division, at=at)
    notify(accounts=people, kind="gift", text=text, link=f"/gifts/{gift.pk}/", at=at)


def _role(actor: Actor, permission: Permission, household: Household) -> Role | str:
    roles = actor.viewer.roles_at(permission, household.division, household.pk, household.group_name)
    return roles[0] if roles else ""


def _save(gift: Gift) -> None:
    gift.version += 1
    gift.save()
