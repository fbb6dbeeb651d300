"""Who is a child under 14, whose name and facts are guarded more closely (个人信息保护法第三十一条)."""

from datetime import date

CHILD_AGE = 14


def is_child(birth_date: date | None, on: date) -> bool | None:
    """Tell whether a person is under 14 on a day; unknown without a birth date."""
    if birth_date is None:
        return None
    had_birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    return on.year - birth_date.year - (0 if had_birthday else 1) < CHILD_AGE
