"""`python -m tools.train_linkage`: learn the weights of the linkage anew from synthetic rows.

The same arguments give the same file. What it was made from is written into it.
"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path

import pyarrow.compute as pc

from shouwang.exchange import linkage
from shouwang.exchange.linkage.training import SESSIONS, train
from shouwang.synthetic.linkage_rows import make_linkage_sample

OUT = Path(linkage.__file__).parent / "data" / "weights.json"


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    sample = make_linkage_sample(options.persons, options.rows, options.seed)
    made = {
        "command": f"python -m tools.train_linkage --persons {options.persons} --rows {options.rows}"
        f" --seed {options.seed}",
        "from": "shouwang/synthetic/data/linkage.toml (error rates assumed)",
        "m": "expectation maximisation, sessions: " + "; ".join(SESSIONS),
        "u": "random pairs; of the number: counted over all pairs of different persons",
        "splink": version("splink"),
    }
    known = sample.truth.filter(pc.field("is_registered")).select(["row_no", "person_id"])
    weights = train(sample.rows, sample.members, known, seed=options.seed, made=made)
    text = json.dumps({"made": weights.made, "levels": weights.levels}, ensure_ascii=False, indent=1)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
