"""Look for the persons of set-aside rows: the certain are placed, the uncertain wait for a decision."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shouwang.actions.acting import Actor, acting
from shouwang.actions.delivery_rows import Placing, placed_rows
from shouwang.actions.match_reading import Sought, rows_to_compare, sought
from shouwang.domain.deliveries import DeliveryState
from shouwang.exchange.linkage.deciding import Candidate, Decision, Outcome
from shouwang.exchange.linkage.linking import link
from shouwang.records.access import elevated
from shouwang.records.bulk_linkage import members_to_compare
from shouwang.records.job_lock import COUNTY, held
from shouwang.records.models import Delivery, DeliveryRow, MatchReview, NotSamePerson

MATCH = "match"


@dataclass(frozen=True)
class Matched:
    """How many rows were placed by themselves, put to a person, and left without anybody."""

    placed: int = 0
    uncertain: int = 0
    unknown: int = 0


def match_delivery(*, actor: Actor, delivery_id: int, at: datetime) -> Matched:
    """Match the waiting rows of a delivery in force that nobody has been asked about; one act."""
    with elevated():
        rows = list(_waiting().filter(delivery_id=delivery_id))
        return _matched(actor, rows, at) if rows else Matched()


def match_daily(*, actor: Actor, at: datetime) -> Matched:
    """Match all waiting rows again, county by county: since yesterday the registry has learned of people."""
    total = Matched()
    with elevated():
        drop_reviews()
        by_county: dict[str, list[DeliveryRow]] = defaultdict(list)
        for row in _waiting():
            by_county[row.division[:6]].append(row)
        for rows in by_county.values():
            done = _matched(actor, rows, at)
            total = Matched(
                total.placed + done.placed, total.uncertain + done.uncertain, total.unknown + done.unknown
            )
    return total


def drop_reviews() -> int:
    """Close the reviews whose rows have been placed otherwise or taken back; part of the act that did so."""
    gone = MatchReview.objects.filter(state="waiting").exclude(row__state="waiting")
    return int(gone.update(state="dropped"))


def _waiting() -> Any:
    # A valid number that the registry lacks is somebody else's, whatever the name.
    return (
        DeliveryRow.objects.filter(state="waiting", review=None, reason_code__startswith="id_")
        .filter(delivery__state=DeliveryState.COMMITTED)
        .select_related("delivery")
        .order_by("pk")
    )


def _matched(actor: Actor, rows: list[DeliveryRow], at: datetime) -> Matched:
    """Compare rows of one county at once, then decide delivery by delivery."""
    opened = {each.row_id: each for each in (sought(row=row) for row in rows) if each is not None}
    table = rows_to_compare(rows=opened.values())
    if not table.num_rows:
        return Matched(unknown=len(rows))
    found = link(table, members_to_compare(rows[0].division[:6]), refused=_refused(opened.values()))
    decided = {each.row_no: each for each in found.decisions if each.outcome is not Outcome.NONE}
    decided |= _as_before(decided, opened)
    by_delivery: dict[int, list[DeliveryRow]] = defaultdict(list)
    for row in rows:
        if row.pk in decided:
            by_delivery[row.delivery_id].append(row)
    placed = asked = 0
    for delivery_id, some in by_delivery.items():
        counts = _recorded(actor, delivery_id, some, decided, opened, at)
        placed, asked = placed + counts[0], asked + counts[1]
    return Matched(placed, asked, len(rows) - placed - asked)


def _refused(rows: Iterable[Sought]) -> set[tuple[int, str]]:
    """Return the pairs of rows and members that somebody has said are not the same."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for each in rows:
        by_key[each.row_key].append(each.row_id)
    known = NotSamePerson.objects.filter(row_key__in=by_key).values_list("row_key", "member_id")
    return {(row_id, str(member_id)) for key, member_id in known for row_id in by_key[key]}


def _as_before(decided: dict[int, Decision], opened: dict[int, Sought]) -> dict[int, Decision]:
    """Link an uncertain row as somebody has linked one that said the same, while he is still a candidate.

    A row with nothing but a name and a place may be about another of that name: it is asked about each time.
    """
    asked = {
        row_id: each
        for row_id, each in decided.items()
        if each.outcome is Outcome.UNCERTAIN and opened[row_id].is_specific
    }
    keys = {opened[row_id].row_key for row_id in asked}
    known = dict(
        MatchReview.objects.filter(row_key__in=keys, state="linked")
        .order_by("decided_at")
        .values_list("row_key", "member_id")
    )
    found = {}
    for row_id, each in asked.items():
        person = str(known.get(opened[row_id].row_key))
        same = [one for one in each.candidates if one.person_id == person]
        if same:
            found[row_id] = Decision(row_id, Outcome.LINKED, tuple(same))
    return found


def _recorded(
    actor: Actor,
    delivery_id: int,
    rows: list[DeliveryRow],
    decided: dict[int, Decision],
    opened: dict[int, Sought],
    at: datetime,
) -> tuple[int, int]:
    """Place the certain rows of one delivery and ask about the others, one act."""
    certain = [row for row in rows if decided[row.pk].outcome is Outcome.LINKED]
    placings = [Placing(row.pk, int(decided[row.pk].candidates[0].person_id), MATCH) for row in certain]
    asked = [row for row in rows if decided[row.pk].outcome is Outcome.UNCERTAIN]
    with acting(actor, "delivery.match", at=at) as act:
        delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
        with held(COUNTY, int(delivery.division[:6]), is_patient=True):
            placed = placed_rows(delivery=delivery, placings=placings) if placings else 0
        MatchReview.objects.bulk_create(
            [_review(row, decided[row.pk], opened[row.pk], at) for row in asked], batch_size=1_000
        )
        act.about(delivery)
        act.after = {"placed": placed, "asked": len(asked)}
    return placed, len(asked)


def _review(row: DeliveryRow, decision: Decision, says: Sought, at: datetime) -> MatchReview:
    return MatchReview(
        row=row,
        division=says.division,
        department=row.department,
        file_name=row.delivery.file_name,
        row_no=row.row_no,
        masked_name=row.masked_name,
        doubt=str(decision.doubt),
        candidates=[_candidate(each) for each in decision.candidates],
        row_key=says.row_key,
        made_at=at,
    )


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "member": int(candidate.person_id),
        "weight": candidate.weight,
        "fields": [[each.field, each.level, each.weight] for each in candidate.fields],
    }
