"""The key of the blind index."""

from pathlib import Path

import pytest

from shouwang.actions.keys import KeyFileError, blind_key, key_problem


def test_the_first_call_makes_a_key_and_later_calls_return_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "blind.key"

    assert key_problem(path=path) is None
    key = blind_key(path=path)
    assert len(key) == 32
    assert blind_key(path=path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert key_problem(path=path) is None


def test_two_keys_differ(tmp_path: Path) -> None:
    assert blind_key(path=tmp_path / "a") != blind_key(path=tmp_path / "b")


def test_a_key_of_another_length_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "blind.key"
    path.write_bytes(b"short")

    with pytest.raises(KeyFileError, match="32字节"):
        blind_key(path=path)
    assert path.read_bytes() == b"short"
    assert "长度" in (key_problem(path=path) or "")


def test_a_key_that_others_can_read_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "blind.key"
    blind_key(path=path)
    path.chmod(0o644)

    assert "chmod 600" in (key_problem(path=path) or "")
