"""Find a person or household by the blind index of a number; never choose between two who share one."""

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

TEXT = pa.string()


@dataclass
class PersonIndex:
    """Who has which number: blind indexes of members and of heads, and those that two of them share."""

    persons: pa.Table
    heads: pa.Table
    ambiguous: pa.Array

    @classmethod
    def of(cls, persons: list[pa.RecordBatch], heads: list[pa.RecordBatch]) -> "PersonIndex":
        """Build the index from (id_key, person_id, household_id) and (_head_key, household_id)."""
        person_schema = pa.schema([("id_key", TEXT), ("person_id", TEXT), ("household_id", TEXT)])
        head_schema = pa.schema([("_head_key", TEXT), ("household_id", TEXT)])
        members = pa.Table.from_batches(persons, person_schema)
        members = members.filter(pc.is_valid(members.column("id_key"))).combine_chunks()
        listed = pa.Table.from_batches(heads, head_schema)
        listed = listed.filter(pc.is_valid(listed.column("_head_key"))).combine_chunks()
        shared = {*_doubles(members.column("id_key")), *_doubles(listed.column("_head_key"))}
        return cls(members, listed, pa.array(sorted(shared), TEXT))

    @cached_property
    def _person_places(self) -> dict[str, int]:
        """Hash the numbers once: Arrow's own look-up would hash all of them again for every block of rows."""
        return _places(self.persons.column("id_key"), self.ambiguous)

    @cached_property
    def _head_places(self) -> dict[str, int]:
        return _places(self.heads.column("_head_key"), self.ambiguous)

    def find(self, keys: list[str | None], *, as_head: bool) -> tuple[pa.Array, pa.Array, pa.Array]:
        """Return person_id, household_id and is-ambiguous for each blind index, null where nobody has it."""
        wanted = pa.array(keys, TEXT)
        is_shared = pc.and_(pc.is_valid(wanted), pc.is_in(wanted, value_set=self.ambiguous))
        at = pa.array([self._person_places.get(key or "") for key in keys], pa.int64())
        person = _whole(self.persons.column("person_id")).take(at)
        household = _whole(self.persons.column("household_id")).take(at)
        head_at = pa.array([self._head_places.get(key or "") for key in keys], pa.int64())
        headed = _whole(self.heads.column("household_id")).take(head_at)
        household = pc.coalesce(headed, household) if as_head else pc.coalesce(household, headed)
        return person, household, is_shared


def _places(keys: pa.ChunkedArray, ambiguous: pa.Array) -> dict[str, int]:
    """Return the place of each number that only one has."""
    shared = set(ambiguous.to_pylist())
    return {key: place for place, key in enumerate(keys.to_pylist()) if key not in shared}


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return (
        column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], TEXT)])
    )


def _doubles(keys: pa.ChunkedArray) -> list[str]:
    counts = pc.value_counts(_whole(keys))
    doubled = counts.filter(pc.greater(counts.field("counts"), 1))
    found: list[str] = doubled.field("values").to_pylist()
    return found
