"""The linkage's scores on a small sample: what the benchmark publishes holds at every commit."""

import pytest

from shouwang.synthetic.linkage_rows import make_linkage_sample
from tests.bench.linkage import SHARED, ours, scored
from tests.bench.linkage_rivals import fake_1000, febrl4

needs_data = pytest.mark.skipif(not SHARED.exists(), reason="reference data are not beside this checkout")


def test_links_are_right_and_find_who_can_be_found() -> None:
    sample = make_linkage_sample(12_000, 2_500, 20_260_930)
    links, _ = ours(sample)
    score = scored("shouwang", sample, links)
    assert score.precision >= 0.995
    assert score.recall >= 0.97


@needs_data
def test_febrl_4_is_linked_as_well_as_published_settings_do() -> None:
    clear = febrl4(SHARED)[1]
    assert clear["precision"] >= 0.999
    assert clear["recall"] >= 0.98


@needs_data
def test_fake_1000_is_linked_without_a_wrong_pair_above_99_percent() -> None:
    assert fake_1000(SHARED)[1]["precision"] >= 0.995
