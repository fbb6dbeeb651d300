"""Values that programs send: one of a list that is kept elsewhere, or written in a certain way."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import AfterValidator, WithJsonSchema


def one_of(values: Iterable[str]) -> tuple[AfterValidator, WithJsonSchema]:
    """Return what makes a text one of `values`, for Annotated."""
    known = [str(each) for each in values]
    return AfterValidator(_known(known)), WithJsonSchema({"type": "string", "enum": known})


def _known(known: list[str]) -> Callable[[str], str]:
    def check(said: str) -> str:
        if said not in known:
            raise ValueError("不是可选的值")
        return said

    return check


def written(pattern: str) -> Callable[[Any], Any]:
    """Return what lets a text through only if it is wholly written in a certain way."""

    def check(said: Any) -> Any:
        if isinstance(said, str) and re.fullmatch(pattern, said, re.ASCII) is None:
            raise ValueError("写法不对")
        return said

    return check
