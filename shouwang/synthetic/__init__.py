"""A county that never existed: its people and events, the spreadsheets about them, the truth beside them."""

from shouwang.synthetic.county import County, SyntheticError
from shouwang.synthetic.making import make_county
from shouwang.synthetic.thresholds import Thresholds
from shouwang.synthetic.truth import FAMILIES, Truth, find_truths
from shouwang.synthetic.writing import WrittenCounty, write_county

__all__ = [
    "FAMILIES",
    "County",
    "SyntheticError",
    "Thresholds",
    "Truth",
    "WrittenCounty",
    "find_truths",
    "make_county",
    "write_county",
]
