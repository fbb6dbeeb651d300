"""Sealed identities: a row for each person, sealed by what was given, and no number on the disk."""

from pathlib import Path

import pyarrow.parquet as pq

from shouwang.exchange.identities import IDENTITY, Sealing
from tests.exchange import samples

SEALING = Sealing(
    id_number=lambda text: (text[::-1].encode(), f"tail {len(text)}"),
    phone=lambda text: (text[::-1].encode(), "phone") if text != "无" else None,
    household_phone=lambda text: (b"home " + text[::-1].encode(), "home phone"),
)


def registry(folder: Path) -> None:
    headers = [*samples.MEMBER_HEADERS, "户联系电话", "成员联系电话"]
    samples.xlsx(
        folder / "registry" / "家庭成员信息.xlsx",
        {"成员": [
            headers,
            [*samples.member(1, 1), "10000000001", "10000000002"],
            [*samples.member(1, 2, 证件号码="", 与户主关系="之子"), "", "无"],
        ]},
    )  # fmt: skip


def test_each_person_has_his_sealed_row(tmp_path: Path) -> None:
    registry(tmp_path)

    result = samples.staged(tmp_path, sealing=SEALING)

    assert result.identity is not None
    found = pq.read_table(result.identity)
    assert found.schema.equals(IDENTITY)
    first, second = found.to_pylist()
    assert first == {
        "person_id": "P001", "household_id": "H001", "id_sealed": samples.number(1)[::-1].encode(),
        "id_tail_key": "tail 18", "phone_sealed": b"20000000001", "phone_key": "phone",
        "household_phone_sealed": b"home 10000000001", "household_phone_key": "home phone",
    }  # fmt: skip
    assert set(second.values()) == {"P002", "H001", None}
    assert pq.read_table(result.tables["member"])["person_id"].to_pylist() == ["P001", "P002"]


def test_neither_numbers_nor_telephones_are_kept_without_sealing(tmp_path: Path) -> None:
    registry(tmp_path)

    result = samples.staged(tmp_path)

    assert result.identity is None
    assert not (result.folder / "identity.parquet").exists()
    for path in result.folder.iterdir():
        assert "10000000001" not in str(pq.read_table(path).to_pylist())
