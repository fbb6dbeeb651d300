"""Families declare by themselves, without an account, and ask how far it is (R20).

Nobody has signed in, so nothing is visible; each act enters the system's scope for its own length only,
touches one clue and gives back a number, a state, and a verdict with its reason, never a name or a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shouwang.actions.acting import Actor, acting
from shouwang.actions.clue_entries import checked_risks, checked_text
from shouwang.actions.clue_gathering import Teller, Word, gather, merge, open_unlinked, origin_of
from shouwang.actions.clue_receipts import is_bound, next_receipt, tidied
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import NotThere, Refusal, Unfit
from shouwang.domain.divisions import VILLAGE, find
from shouwang.domain.field_masks import without_numbers
from shouwang.domain.masking import mask_name
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Clue, ClueOrigin, Household, Member
from shouwang.records.sealing import phone_index, seal, unseal

_HOUR = timedelta(hours=1)
# A village desk has one address for everybody; a program tries far more often.
_MOST_DECLARED, _MOST_ASKED_IN_VAIN = 20, 10
# How a declaration begins; the reason of a verdict is for the household's own ears.
_FOR_SELF, _FOR_OTHER = "（网上，本人申报）", "（网上，代他人申报）"
_DECLARE, _PROGRESS = "clue.declare", "clue.progress"


class TooMany(Refusal):
    """An address has asked too often within the hour."""


@dataclass(frozen=True)
class Progress:
    """How far a declaration is: nothing about who declared or what.

    `reason` is why the verdict is so; "" where there is none, or where somebody declared for others.
    """

    receipt: str
    state: str
    verdict: str
    received_on: date
    due_on: date | None
    closed_on: date | None
    reason: str = ""


def declare(
    *,
    actor: Actor,
    named: str,
    division: str,
    phone: str,
    risks: Sequence[str],
    text: str,
    is_for_other: bool,
    on: date,
    at: datetime,
) -> str:
    """Take a family's own declaration and return its receipt number. Raises Unfit, TooMany.

    It is linked to a household at once only where name, village and telephone all agree with the registry.
    """
    with entered_system():
        _refuse_flood(actor, _DECLARE, "done", _MOST_DECLARED, at)
        with acting(actor, _DECLARE, at=at) as act:
            said = checked_text(text=text, label="困难情况", field="text")
            name = checked_text(text=named, label="户主姓名", field="named", fewest=1)[:60]
            if find(division, VILLAGE) is None:
                raise Unfit("请选择所在的村", {"division": "请选择村"})
            who = _FOR_OTHER if is_for_other else _FOR_SELF
            receipt = next_receipt(phone=phone, on=on)
            found = tuple(checked_risks(risks=risks))
            word = Word("self_declaration", f"{who}{said}", found, receipt=receipt)
            origin = _kept(word, name, division, phone, Teller(None, str(Role.VILLAGE), on, at))
            act.about(origin.clue, "")
            act.after = {"source": origin.source, "state": origin.clue.state, "due_on": origin.clue.due_on}
            _tell(origin.clue, at)
    return receipt


def progress_of(*, actor: Actor, receipt: str, tail: str, at: datetime) -> Progress:
    """Return how far a declaration is. Raises NotThere for a wrong number or wrong digits alike, TooMany."""
    with entered_system():
        _refuse_flood(actor, _PROGRESS, "refused", _MOST_ASKED_IN_VAIN, at)
        with acting(actor, _PROGRESS, at=at) as act:
            asked = tidied(receipt=receipt)
            origin = ClueOrigin.objects.select_related("clue").filter(receipt=asked).first()
            if not asked or not is_bound(receipt=asked, tail=tail) or origin is None:
                raise NotThere
            clue = origin.clue
            act.about(clue)
            state, verdict = clue.get_state_display(), clue.get_verdict_display() if clue.verdict else ""
            is_own = not origin.text.startswith(_FOR_OTHER)
            reason = _told_reason(clue) if clue.verdict and is_own else ""
    return Progress(asked, state, verdict, clue.received_on, clue.due_on, clue.closed_on, reason)


def _told_reason(clue: Clue) -> str:
    """Return the reason of a verdict as whoever holds the receipt may read it: without numbers and names.

    The names are those of the village, the household's own among them: whoever asks shows a number, no face.
    """
    said = without_numbers(clue.verdict_reason)
    persons = Member.objects.filter(division=clue.division).exclude(name="")
    names = {*persons.values_list("name", flat=True), clue.named}
    for name in sorted((each for each in names if len(each) > 1 and each in said), key=len, reverse=True):
        said = said.replace(name, mask_name(name))
    return said


def _kept(word: Word, name: str, division: str, phone: str, teller: Teller) -> ClueOrigin:
    household = _agreeing(name, division, phone)
    if household is not None:
        origins, _ = gather(words=[(household, word)], teller=teller)
        origin = origins[0]
        if phone and origin.clue.phone_sealed is None:
            origin.clue.phone_sealed = seal(phone, of="clue.phone")
            origin.clue.save(update_fields=["phone_sealed"])
        return origin
    known = _declared_before(name, division, phone)
    if known is None:
        return open_unlinked(
            division=division, named=name, phone_sealed=seal(phone, of="clue.phone"), word=word, teller=teller
        )
    merge(clue=known, word=word, on=teller.on)
    known.version += 1
    known.save()
    origin = origin_of(clue=known, word=word, teller=teller)
    origin.save(force_insert=True)
    return origin


def _agreeing(name: str, division: str, phone: str) -> Household | None:
    """Find the one household of a village whose registry has both the name and the telephone."""
    key = phone_index(phone)
    in_village = Household.objects.filter(division=division, is_present=True)
    by_phone = in_village.filter(phone_key=key, head_name=name)
    by_member = in_village.filter(members__phone_key=key, members__name=name, members__is_present=True)
    ids = {*by_phone.values_list("pk", flat=True)[:2], *by_member.values_list("pk", flat=True)[:2]}
    if len(ids) != 1:
        return None
    return Household.objects.select_for_update(of=("self",)).get(pk=ids.pop())


def _declared_before(name: str, division: str, phone: str) -> Clue | None:
    """Find an open declaration of the same name, village and telephone."""
    same = Clue.objects.filter(division=division, household=None, named=name).exclude(state="closed")
    for clue in same.select_for_update(of=("self",)).order_by("pk")[:50]:
        if clue.phone_sealed is not None and unseal(clue.phone_sealed, of="clue.phone") == phone:
            return clue
    return None


def _refuse_flood(actor: Actor, action: str, result: str, most: int, at: datetime) -> None:
    since = at - _HOUR
    earlier = AuditEvent.objects.filter(action=action, address=actor.address, result=result, at__gt=since)
    if earlier.count() >= most:
        raise TooMany("操作太频繁，请一小时后再试；急事请直接联系村委会或拨打 12317")


def _tell(clue: Clue, at: datetime) -> None:
    if clue.version == 1:
        told = accounts_with(roles=[Role.VILLAGE, Role.RESIDENT_TEAM], division=clue.division, at=at)
        text = f"农户网上申报 {clue.number}，请于 {clue.due_on} 前核查"
        notify(accounts=told, kind="clue", text=text, link=f"/clues/{clue.pk}/", at=at)
