"""A county-sized site made by the database itself: households, persons, clues and cases by the million."""

from collections.abc import Iterator
from pathlib import Path

import psycopg

from shouwang.domain.divisions import villages
from shouwang.records.server import Database

COUNTY = "361023"
PERSONS_PER_1000 = 3_334

STATEMENTS = Path(__file__).with_name("site_data.sql")


def fill(database: Database, households: int, today: str) -> None:
    """Fill an empty, migrated database; takes a few minutes for 300,000 households."""
    asked = {
        "households": households,
        "persons": households * PERSONS_PER_1000 // 1000,
        "villages": [each.code for each in villages(COUNTY)],
        "surnames": list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"),
        "stems": list("甲乙丙丁戊己庚辛壬癸"),
        "today": today,
        "first": 1,
    }
    with psycopg.connect(database.reading_conninfo(), autocommit=True) as connection:
        for name, statement in _statements():
            print(f"  {name}", flush=True)
            connection.execute(statement, asked)
            if name == "households":
                asked["first"] = _first(connection)
        connection.execute("VACUUM ANALYZE")


def _statements() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each statement."""
    for part in STATEMENTS.read_text(encoding="utf-8").split("\n-- ")[1:]:
        name, _, statement = part.partition("\n")
        yield name, statement.strip().rstrip(";")


def _first(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT min(id) FROM records_household").fetchone()
    assert row is not None
    return int(row[0])
