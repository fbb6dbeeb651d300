"""The columns of a list page, as its table head, its cells and its column chooser need them."""

from dataclasses import dataclass

PER_PAGE_CHOICES = (10, 20, 50, 100)


@dataclass(frozen=True)
class Column:
    """One column; `is_fixed` ones (the first and the last, as a rule) cannot be hidden by the reader.

    `key` is also the value of `?sort=` (descending with a minus in front) where `is_sortable`.
    """

    key: str
    label: str
    is_sortable: bool = False
    is_number: bool = False
    is_fixed: bool = False


def per_page(asked: str | None, usual: int = 20) -> int:
    """Return the rows per page that `?per_page=` asks for, where it is one of the choices."""
    return next((each for each in PER_PAGE_CHOICES if str(each) == asked), usual)
