"""Which rows tell enough to know the person: a rule from the true values alone, apart from any matching."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shouwang.synthetic.frames import Array
from shouwang.synthetic.linkage_errors import sounds
from shouwang.synthetic.linkage_people import LinkagePeople

_FEWEST_DIGITS = 10


def determinable(county: LinkagePeople, rows: pa.Table, about: Array) -> Array:
    """Say for each row whether what it holds determines one person of the county, registered or not.

    It must hold, beside the name, one of: ten readable digits of the number; a birth date; a telephone; a
    village with the name of a head who is not the person himself. And nobody else in the county may have the
    same true values, to the ear in the name, of all that it holds. Errors in the row do not excuse: a row
    that could have determined its person but for a mistake still counts.
    """
    people = county.people
    heard = np.array([sounds(name) for name in people["name"]], dtype=object)
    namesakes: dict[str, list[int]] = {}
    wanted = set(heard[about].tolist())
    for place, sound in enumerate(heard.tolist()):
        if sound in wanted:
            namesakes.setdefault(sound, []).append(place)
    held = {name: pc.is_valid(rows.column(name)).to_pylist() for name in rows.column_names}
    digits = [_readable(each) for each in rows.column("number").to_pylist()]
    found = np.zeros(len(about), dtype=bool)
    for at, person in enumerate(about.tolist()):
        has = {name: values[at] for name, values in held.items()}
        has["number"] = len(digits[at]) >= _FEWEST_DIGITS
        has["head_name"] = has["head_name"] and int(people["head"][person]) != person
        if not (has["number"] or has["birth_date"] or has["phone"] or (has["division"] and has["head_name"])):
            continue
        others = [each for each in namesakes[heard[person]] if each != person]
        found[at] = not any(_is_alike(people, person, other, has, digits[at]) for other in others)
    return found


def _is_alike(
    people: dict[str, Array], one: int, other: int, has: dict[str, bool], digits: tuple[int, ...]
) -> bool:
    """Tell whether two persons share the true values of all fields that a row holds."""
    if has["number"]:
        mine, his = people["number"][one], people["number"][other]
        if any(mine[place] != his[place] for place in digits):
            return False
    columns = {"birth_date": "birth", "division": "division", "head_name": "head_name", "phone": "phone"}
    return all(people[true][one] == people[true][other] for name, true in columns.items() if has[name])


def _readable(written: str | None) -> tuple[int, ...]:
    """Return the places of the 18 that a written number tells; one with a slip is taken to tell them all."""
    if not written or "E" in written:
        return ()
    if "*" in written:
        return tuple(place for place, sign in enumerate(written) if sign != "*")
    return tuple(range(15 if re.fullmatch(r"\d{15}000", written) else 18))
