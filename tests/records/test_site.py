"""The site's keys."""

from pathlib import Path

import pytest

from shouwang.records.site import Site, SiteError


def test_the_first_call_makes_a_key_and_later_calls_return_it(tmp_path: Path) -> None:
    site = Site(tmp_path / "new")

    assert site.key_problem("blind") is None
    key = site.key("blind")
    assert len(key) == 32
    assert site.key("blind") == key
    assert site.key_path("blind").stat().st_mode & 0o777 == 0o600
    assert site.key_problem("blind") is None


def test_two_keys_differ(tmp_path: Path) -> None:
    assert Site(tmp_path).key("blind") != Site(tmp_path).key("seal")


def test_the_blind_key_may_be_kept_elsewhere(tmp_path: Path) -> None:
    site = Site.of({"SHOUWANG_VAR": str(tmp_path / "var"), "SHOUWANG_BLIND_KEY_FILE": str(tmp_path / "k")})

    site.key("blind")
    assert (tmp_path / "k").is_file()
    assert not (tmp_path / "var").exists()


def test_a_key_of_another_length_is_refused_and_left_alone(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.key_path("blind").write_bytes(b"short")

    with pytest.raises(SiteError, match="32字节"):
        site.key("blind")
    assert site.key_path("blind").read_bytes() == b"short"
    assert "长度" in (site.key_problem("blind") or "")


def test_a_key_that_others_can_read_is_a_problem(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.key("blind")
    site.key_path("blind").chmod(0o644)

    assert "chmod 600" in (site.key_problem("blind") or "")
