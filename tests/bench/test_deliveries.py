"""The rows of the page are what the parts have told."""

from typing import Any

from tests.bench import deliveries

SCORE = {"rows": 100, "seconds": 4.0, "precision": 0.999, "recall": 0.96}
TOLD: dict[str, dict[str, Any]] = {
    "linkage": {
        "large": {"score": SCORE},
        "compared": [
            {**SCORE, "name": "shouwang"},
            {**SCORE, "name": "Splink, its own comparisons", "seconds": 2.0},
        ],
    },
    "quality": {
        "persons": 1_000, "pandas_to_ours_per_check": 4.0, "all_checks": {"checks": 144, "seconds": 61.0},
    },
    "loading": {"rows": {"household": 10}, "seconds": {"a": 1.0, "b": 2.0}},
    "delta": {"full screening": 20.0, "delta 2": 4.0, "a night": 3.0},
    "wrong_rows": {"rows": 200.0, "errors": 300.0, "seconds": 30.0, "refused": 0.0},
}  # fmt: skip


def test_each_budget_is_met_or_missed_by_what_was_measured() -> None:
    rows = {name: (shown, met) for name, shown, _, met in deliveries.rows(TOLD)}

    assert rows["the same, precision of automatic links"] == ("0.9990", "yes")
    assert rows["the same, recall of automatic links"] == ("0.9600", "**no**")
    assert rows["screening 5,000 of them at once, after a delivery"] == ("4.00 s", "yes")
    assert rows["the same : the full screening"] == ("0.20 ×", "")
    assert rows["all 144 data-quality checks over 1,000 persons"] == ("61.00 s", "**no**")
    assert rows["the same, per check : a pandas script of twelve of them"] == ("0.25 ×", "")
    assert rows["loading 10 households into the records"] == ("3 s", "")
    assert rows["error workbook of 200 rows wrong in every way, 300 errors"] == ("30.00 s", "yes")
    [splink] = [shown for name, (shown, _) in rows.items() if "Splink" in name]
    assert splink.startswith("2.00 ×; precision 0.999 : 0.999")
