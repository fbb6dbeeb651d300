"""The departments that take part: those that deliver data, which also answer tasks (S3§1)."""

from shouwang.domain.tables import FEEDS

_NO_DEPARTMENT = {"registry_member", "registry_household", "ledger"}
# Key of feed, reach and task alike → name.
DEPARTMENTS: dict[str, str] = {key: label for key, (label, _) in FEEDS.items() if key not in _NO_DEPARTMENT}
_ALSO_CALLED = {
    "教体": "education",
    "水务": "water",
    "农科": "agriculture",
    "乡村振兴": "agriculture",
    "扶贫": "agriculture",
    "信用社": "credit",
    "农行": "credit",
    "卫生": "health",
    "人力": "employment",
    "住房": "housing",
}


def department_label(key: str) -> str:
    """Name a department; a key that is not of the list is shown as it is."""
    return DEPARTMENTS.get(key, key)


def department_named(words: str) -> str | None:
    """Return the key of the first department that a circular names (“县人社局” → employment), or None."""
    names = {**{label: key for key, label in DEPARTMENTS.items()}, **_ALSO_CALLED}
    found = [(words.index(name), key) for name, key in names.items() if name in words]
    return min(found)[1] if found else None
