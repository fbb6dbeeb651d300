"""A track kept as a record reads back as the same track."""

import json

import pytest

from shouwang.domain.procedure import ProcedureError, Track
from shouwang.domain.track_records import read_track, track_digest, track_record
from tests.domain.case_samples import procedure, shipped_tracks

SHIPPED = shipped_tracks()


@pytest.mark.parametrize(("name", "track"), SHIPPED, ids=[name for name, _ in SHIPPED])
def test_every_shipped_track_comes_back_whole(name: str, track: Track) -> None:
    kept = json.loads(json.dumps(track_record(track)))

    assert read_track(kept) == track, name
    assert track_digest(read_track(kept)) == track_digest(track)


def test_a_changed_track_has_another_digest() -> None:
    tracks = procedure().tracks
    assert len({track_digest(each) for each in tracks.values()}) == len(tracks)


@pytest.mark.parametrize("broken", [{}, {"steps": 1, "green_channel": None, "feedback": None}])
def test_a_record_that_is_no_track_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ProcedureError, match="无法读出"):
        read_track(broken)
