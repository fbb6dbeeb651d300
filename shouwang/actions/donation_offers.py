"""What donors offer (R47): registered for a county or township, and closed."""

from dataclasses import dataclass
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked, require
from shouwang.actions.numbering import next_number
from shouwang.actions.refusals import Unfit
from shouwang.domain.donations import DONOR_KINDS, OFFER_KINDS
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import level_of
from shouwang.domain.tables import RISKS
from shouwang.records.models import DonationOffer

_P = Permission
_FEWEST = 4
# A county or a township takes offers; 12 digits of a wider place end in zeros.
_WIDTHS = (6, 9)


@dataclass(frozen=True)
class OfferEntry:
    """An offer as it is typed in."""

    donor_name: str
    donor_kind: str
    kind: str
    text: str
    amount_fen: int | None = None
    quantity: int | None = None
    unit: str = ""
    per_household_fen: int | None = None
    per_household_quantity: int | None = None
    risks: tuple[str, ...] = ()
    conditions: str = ""
    until_on: date | None = None


def register_offer(*, actor: Actor, place: str, entry: OfferEntry, on: date, at: datetime) -> DonationOffer:
    """Register what a donor offers to a county (6 digits) or township (9 digits)."""
    with acting(actor, "offer.register", at=at) as act:
        if len(place) not in _WIDTHS or level_of(place) is None:
            raise Unfit("捐赠意向登记到县或乡镇，请重新选择", {"place": "请选择县或乡镇"})
        division = place.ljust(12, "0")
        role = require(actor, _P.SEND_TASK, division)
        wrong = _wrong(entry, on)
        if wrong:
            raise Unfit(wrong.values(), wrong)
        typed = {name: getattr(entry, name) for name in OfferEntry.__dataclass_fields__}
        typed["risks"] = sorted(entry.risks)
        offer = DonationOffer.objects.create(
            number=next_number(kind="offer", division=division, on=on),
            division=division,
            offered_on=on,
            recorded_by_id=actor.viewer.account_id,
            recorded_at=at,
            **{name: each.strip() if isinstance(each, str) else each for name, each in typed.items()},
        )
        act.about(offer, role)
        act.after = {"kind": offer.kind, "amount_fen": offer.amount_fen, "quantity": offer.quantity}
    return offer


def close_offer(
    *, actor: Actor, offer_id: int, version: int, reason: str, on: date, at: datetime
) -> DonationOffer:
    """Close an offer that is used up, over or taken back; nothing of it may be under way."""
    with acting(actor, "offer.close", at=at) as act:
        offer: DonationOffer = locked(
            actor, DonationOffer.objects.all(), offer_id, _P.SEND_TASK, version=version
        )
        if offer.state != "open":
            raise Unfit("这项捐赠意向已经结束")
        if len(reason.strip()) < _FEWEST:
            raise Unfit("请写明结束原因（至少4个字）", {"reason": "请写明结束原因（至少4个字）"})
        if offer.gifts.filter(state__in=("proposed", "accepted")).exists():
            raise Unfit("还有没有交付的对接，请先交付或取消")
        act.about(offer, require(actor, _P.SEND_TASK, offer.division))
        act.reason = reason.strip()
        act.before, act.after = {"state": offer.state}, {"state": "closed"}
        offer.state, offer.reason = "closed", reason.strip()
        offer.version += 1
        offer.save()
    return offer


def _wrong(entry: OfferEntry, on: date) -> dict[str, str]:
    wrong = {}
    if len(entry.donor_name.strip()) < 2:
        wrong["donor_name"] = "请填写捐赠方"
    if entry.donor_kind not in DONOR_KINDS:
        wrong["donor_kind"] = "请选择捐赠方类别"
    if entry.kind not in OFFER_KINDS:
        wrong["kind"] = "请选择帮扶形式"
    if len(entry.text.strip()) < 2:
        wrong["text"] = "请写明捐赠内容"
    if entry.kind == "cash" and not entry.amount_fen:
        wrong["amount_fen"] = "资金捐赠请填写总额"
    if entry.kind != "cash" and entry.kind in OFFER_KINDS and not entry.quantity:
        wrong["quantity"] = "请填写数量（多少份、多少个岗位、多少次）"
    if entry.until_on is not None and entry.until_on < on:
        wrong["until_on"] = "有效期已过，请核对"
    if set(entry.risks) - set(RISKS):
        wrong["risks"] = "请从风险列表中选择"
    return wrong
