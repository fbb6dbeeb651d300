"""The trained weights: how often each level is met among true pairs (m) and among others (u)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shouwang.exchange.linkage.comparisons import COMPARISONS, Comparison

_TRAINED = Path(__file__).parent / "data" / "weights.json"


class WeightsError(ValueError):
    """The file of weights does not fit the comparisons."""


@dataclass(frozen=True)
class Weights:
    """`levels` by comparison and level: (m, u); `made` says from what, and how."""

    levels: dict[str, dict[str, tuple[float, float]]]
    made: dict[str, Any]

    def comparisons(self) -> list[dict[str, Any]]:
        """Return the comparisons as Splink takes them, nothing left to estimate."""
        return [
            splink_comparison(
                each,
                {key: m for key, (m, _) in self.levels[each.key].items()},
                {key: u for key, (_, u) in self.levels[each.key].items()},
            )
            for each in COMPARISONS
        ]


def read_weights(path: Path = _TRAINED) -> Weights:
    """Read a file of weights. Raises WeightsError where it was trained for other levels."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    levels = {
        field: {key: (float(m), float(u)) for key, (m, u) in each.items()}
        for field, each in raw["levels"].items()
    }
    if {each.key: [level.key for level in each.levels] for each in COMPARISONS} != {
        field: list(each) for field, each in levels.items()
    }:
        raise WeightsError(f"{path.name} 与比对项目不符，请重新训练：python -m tools.train_linkage")
    return Weights(levels, raw["made"])


@cache
def trained_weights() -> Weights:
    """Return the weights that are shipped."""
    return read_weights()


def splink_comparison(
    comparison: Comparison, m: dict[str, float] | None, u: dict[str, float] | None
) -> dict[str, Any]:
    """Return a comparison as Splink takes it; what is not given is to be estimated."""
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for level in comparison.levels:
        entry: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.key}
        if level.rare_column:
            entry |= {
                "tf_adjustment_column": level.rare_column,
                "tf_adjustment_weight": 1.0,
                "disable_tf_exact_match_detection": True,
            }
        entry |= {"m_probability": m[level.key]} if m else {}
        entry |= {"u_probability": u[level.key]} if u else {}
        levels.append(entry)
    return {"output_column_name": comparison.key, "comparison_levels": levels}
