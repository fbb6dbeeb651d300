"""The reason a person gives before seeing what is masked or out of their area, or taking it away."""

import unicodedata

from shouwang.domain.masking import contains_personal_number

_FEWEST_CHARACTERS = 4
_FEWEST_DIFFERENT = 3
_MOST_CHARACTERS = 200


class ReasonError(ValueError):
    """A reason says nothing, says too much, or holds personal data."""


def checked_reason(reason: str | None, what: str = "查看理由") -> str:
    """Return the reason without outer spaces; raises ReasonError for one that explains nothing.

    It must hold at least four letters or characters, three of them different, and no personal number.
    """
    text = (reason or "").strip()
    letters = [character for character in text if unicodedata.category(character)[0] == "L"]
    if len(letters) < _FEWEST_CHARACTERS or len(set(letters)) < _FEWEST_DIFFERENT:
        raise ReasonError(f"请写明{what}（至少 4 个字，不能用重复的字或符号代替）")
    if len(text) > _MOST_CHARACTERS:
        raise ReasonError(f"{what}最多 {_MOST_CHARACTERS} 个字，请简写")
    if contains_personal_number(text):
        raise ReasonError(f"{what}中不能出现证件号码、手机号码或银行卡号，请删去后再提交")
    return text
