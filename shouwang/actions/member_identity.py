"""A person's ID number as it is entered: checked (GB 11643), sealed, found again by blind index."""

from dataclasses import dataclass
from datetime import date

from shouwang.actions.refusals import Unfit
from shouwang.domain.divisions import name_path
from shouwang.domain.identity import Sex, address_note, parse_identity
from shouwang.records.models import Member
from shouwang.records.sealing import id_index, seal, tail_index

_SEX = {Sex.MALE: "male", Sex.FEMALE: "female"}


@dataclass(frozen=True)
class Told:
    """What a number tells: `problem` where it cannot be taken, else what fills the form and who has it."""

    problem: str = ""
    sex: str = ""
    birth_date: date | None = None
    region: str = ""
    notes: tuple[str, ...] = ()
    holder_id: int | None = None
    holder_household_id: int | None = None
    is_holder_present: bool = False


def told_by(raw: str, on: date) -> Told:
    """Return what an entered number tells; a holder out of reach is not seen. One query."""
    identity = parse_identity(raw, on)
    if identity.number is None:
        problem = identity.problem
        return Told(problem=f"{problem.label}，{problem.advice}" if problem else "证件号码无法识别")
    same = Member.objects.filter(id_key=id_index(identity.number)).order_by("-is_present", "pk")
    holder = same.values_list("pk", "household_id", "is_present").first()
    number, household_id, is_present = holder or (None, None, False)
    note = address_note(identity.number)
    return Told(
        sex=_SEX[identity.sex] if identity.sex else "",
        birth_date=identity.birth_date,
        region=" ".join(name_path(identity.address_code or "")),
        notes=(*(each.label for each in identity.notes), *((note,) if note else ())),
        holder_id=number,
        holder_household_id=household_id,
        is_holder_present=is_present,
    )


def number_columns(raw: str, on: date, *, member_id: int | None = None) -> dict[str, object]:
    """Return the columns of Member that an entered number fills. Raises Unfit for a bad or taken one."""
    told = told_by(raw, on)
    if told.problem:
        raise Unfit(told.problem, {"id_number": told.problem})
    if told.holder_id not in (None, member_id) and told.is_holder_present:
        said = "这个证件号码已登记在另一名在册人员名下，请先核对，确属同一人的在原户办理迁出或婚出"
        raise Unfit(said, {"id_number": said})
    number = str(parse_identity(raw, on).number)
    return {
        "id_sealed": seal(number, of="member.id_number"),
        "id_key": id_index(number),
        "id_tail_key": tail_index(number),
        "sex": told.sex,
        "birth_date": told.birth_date,
    }
