"""Clues come in, one by one or as the list of an event, from every source but the screening (R20–R26)."""

from collections.abc import Sequence
from datetime import date, datetime

from shouwang.actions.acting import Act, Actor, acting, locked
from shouwang.actions.clue_entries import checked_risks, checked_text
from shouwang.actions.clue_gathering import Teller, Word, gather, open_unlinked
from shouwang.actions.clue_receipts import next_receipt
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.divisions import VILLAGE, find
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.models import ClueOrigin, Household
from shouwang.records.models.clues import CLUE_SOURCES
from shouwang.records.sealing import seal

# Somebody spoke and may ask how far it is (R20).
WITH_RECEIPT = frozenset({"self_declaration", "hotline", "petition"})
MOST_IN_A_LIST = 2000


def report_clue(
    *,
    actor: Actor,
    source: str,
    text: str,
    on: date,
    at: datetime,
    household_id: int | None = None,
    division: str = "",
    named: str = "",
    phone: str = "",
    risks: Sequence[str] = (),
    department: str = "",
    is_urgent: bool = False,
) -> ClueOrigin:
    """Record what one source says of a household; its clue is `origin.clue`, new or the one already open.

    Without `household_id` the clue is about `named` in the village `division`, to be linked later. Brought in
    by village or resident team it waits for their check at once, by others for being sent to the village.
    Raises Unfit, NotThere, NotAllowed.
    """
    with acting(actor, "clue.report", at=at) as act:
        said = checked_text(text=text, label="线索内容", field="text")
        found = checked_risks(risks=risks)
        if source not in CLUE_SOURCES or source == "screening":
            raise Unfit("请选择线索来源", {"source": "请选择线索来源"})
        word = Word(
            source, said, tuple(found), department=department.strip(), is_urgent=is_urgent,
            receipt=next_receipt(phone=phone, on=on) if source in WITH_RECEIPT else "",
        )  # fmt: skip
        if household_id is None:
            origin = _of_named(actor, word, division, named, phone, on, at)
        else:
            origin = _of_household(actor, word, household_id, phone, on, at)
        _close_act(act, origin, actor)
        _tell(origin, at)
    return origin


def report_list(
    *,
    actor: Actor,
    source: str,
    household_ids: Sequence[int],
    text: str,
    risks: Sequence[str],
    on: date,
    at: datetime,
) -> tuple[list[ClueOrigin], int]:
    """Record the households that one event touched, one act; return origins and the number of new clues.

    A household out of reach refuses the whole list. Raises NotThere, NotAllowed, Unfit.
    """
    wanted = sorted(set(household_ids))
    with acting(actor, "clue.report_list", at=at) as act:
        said = checked_text(text=text, label="事由", field="text")
        found = tuple(checked_risks(risks=risks))
        if source not in CLUE_SOURCES or source == "screening":
            raise Unfit("请选择线索来源", {"source": "请选择线索来源"})
        if not 0 < len(wanted) <= MOST_IN_A_LIST:
            raise Unfit(f"名单应有 1 至 {MOST_IN_A_LIST} 户，请核对或分几次登记", {"numbers": "户数不合适"})
        rows = Household.objects.filter(pk__in=wanted)
        held = visible(rows, actor.viewer, Permission.REPORT_CLUE, is_write=True)
        households = list(held.select_for_update(of=("self",)).order_by("pk"))
        if len(households) != len(wanted):
            raise Unfit("名单里有不在您管辖范围内的农户，整份名单都没有登记，请核对后重新提交")
        word = Word(source, said, found, is_urgent=source == "disaster")
        teller = _teller(actor, households[0], on, at)
        origins, new = gather(words=[(each, word) for each in households], teller=teller)
        act.target_kind, act.division = "clue", actor_place(origins=origins)
        act.after = {"source": source, "households": len(origins), "new": new, "risks": ",".join(found)}
    return origins, new


def actor_place(*, origins: Sequence[ClueOrigin]) -> str:
    """Return the longest prefix that all origins lie in."""
    first, last = min(each.division for each in origins), max(each.division for each in origins)
    return next((first[:width] for width in (12, 9, 6, 4, 2) if first[:width] == last[:width]), "")


def _of_household(
    actor: Actor, word: Word, household_id: int, phone: str, on: date, at: datetime
) -> ClueOrigin:
    household = locked(actor, Household.objects.all(), household_id, Permission.REPORT_CLUE)
    origins, _ = gather(words=[(household, word)], teller=_teller(actor, household, on, at))
    clue = origins[0].clue
    if phone and clue.phone_sealed is None:
        clue.phone_sealed = seal(phone, of="clue.phone")
        clue.save(update_fields=["phone_sealed"])
    return origins[0]


def _of_named(
    actor: Actor, word: Word, division: str, named: str, phone: str, on: date, at: datetime
) -> ClueOrigin:
    if not named.strip():
        raise Unfit("请选择农户，或写明户主姓名和所在村", {"named": "请写明户主姓名"})
    if find(division, VILLAGE) is None:
        raise Unfit("请选择农户所在的村", {"division": "请选择村"})
    roles = actor.viewer.roles_at(Permission.REPORT_CLUE, division)
    if not roles:
        raise NotAllowed("您只能就自己联系或管辖的农户上报线索，请先查到这户再登记；查不到的请告知村委会登记")
    origin = open_unlinked(
        division=division,
        named=named.strip()[:60],
        phone_sealed=seal(phone, of="clue.phone") if phone else None,
        word=word,
        teller=Teller(actor.viewer.account_id, str(roles[0]), on, at),
    )
    return origin


def _teller(actor: Actor, household: Household, on: date, at: datetime) -> Teller:
    roles = actor.viewer.roles_at(
        Permission.REPORT_CLUE, household.division, household.pk, household.group_name
    )
    return Teller(actor.viewer.account_id, str(roles[0]) if roles else "", on, at)


def _close_act(act: Act, origin: ClueOrigin, actor: Actor) -> None:
    clue = origin.clue
    act.about(clue, "+".join(actor.viewer.roles))
    act.after = {
        "source": origin.source,
        "state": clue.state,
        "risks": ",".join(clue.risks),
        "due_on": clue.due_on,
        "is_new": clue.version == 1,
    }


def _tell(origin: ClueOrigin, at: datetime) -> None:
    clue = origin.clue
    roles = [Role.TOWNSHIP] if clue.state == "received" else [Role.VILLAGE, Role.RESIDENT_TEAM]
    told = set(accounts_with(roles=roles, division=clue.division, at=at)) - {origin.reported_by_id}
    if told and clue.version == 1:
        text = f"新线索 {clue.number}（{CLUE_SOURCES[origin.source]}），请于 {clue.due_on} 前办理"
        notify(accounts=told, kind="clue", text=text, link=f"/clues/{clue.pk}/", at=at)
