"""The divisions a site serves, from the published table."""

from datetime import datetime

from shouwang.actions.acting import Actor, acting
from shouwang.actions.loading import county_code
from shouwang.domain import divisions
from shouwang.domain.divisions import Division as Published
from shouwang.records.access import entered_system
from shouwang.records.models import Division


def serve_county(*, actor: Actor, county: str, at: datetime) -> int:
    """Enter a county, what lies in it and what it lies in; return how many divisions that is.

    Those entered before keep the place's own name and telephone. Raises DivisionError.
    """
    wanted = _tree(county_code(county=county))
    with entered_system(), acting(actor, "division.serve", at=at) as act:
        made = Division.objects.bulk_create(
            [
                Division(code=each.code, name=each.name, level=each.level, parent_code=each.parent_code or "")
                for each in wanted
            ],
            ignore_conflicts=True,
        )
        act.target_kind, act.target_id = "division", county
        act.division = divisions.normalise(county)
        act.after = {"divisions": len(made)}
    return len(wanted)


def _tree(county: str) -> list[Published]:
    """Return the divisions above a county, itself, its townships and their villages."""
    above = [found for width in (2, 4, 6) if (found := divisions.find(county[:width])) is not None]
    towns = divisions.children(county)
    return [*above, *towns, *divisions.villages(county)]
