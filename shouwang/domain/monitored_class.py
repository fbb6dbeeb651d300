"""The class of a monitored household (R2), as its kind and what befell it say."""

# Kinds of household that once were poor and were alleviated.
ALLEVIATED = ("脱贫户", "易返贫致贫户", "脱贫不稳定户", "建档立卡户")


def monitored_class(household_class: str, names: dict[str, str], *, is_sudden: bool | None) -> str:
    """Return the class by the pack's names for it: sudden hardship first, then by whether it was once poor.

    Unknown kind of household gives an empty text: the class is then for the county to enter.
    """
    if is_sudden:
        return names.get("sudden", "")
    if not household_class:
        return ""
    return names.get("unstable" if household_class in ALLEVIATED else "borderline", "")
