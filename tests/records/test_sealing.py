"""Sealed values: read back only as what they are, with the site's key, by either cipher."""

import pytest

from shouwang.records.sealing import UnsealError, seal, seal_bytes, sealer, unseal, unseal_bytes, unsealer

CIPHERS = pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm", "unheard-of"])


@CIPHERS
def test_what_is_sealed_is_read_back_by_either_cipher(monkeypatch: pytest.MonkeyPatch, cipher: str) -> None:
    monkeypatch.setenv("SHOUWANG_CIPHER", cipher)
    many = [sealer(of="member.phone")(each) for each in (b"", b"10000000001")]

    assert unseal(seal("𠮷某", of="member.name"), of="member.name") == "𠮷某"
    assert [unsealer(of="member.phone")(each) for each in many] == [b"", b"10000000001"]
    assert seal_bytes(b"x", of="a")[0] == (2 if cipher == "sm4-gcm" else 1)


@CIPHERS
def test_a_sealed_value_is_not_read_as_another_column_nor_when_altered(
    monkeypatch: pytest.MonkeyPatch, cipher: str
) -> None:
    monkeypatch.setenv("SHOUWANG_CIPHER", cipher)
    sealed = seal_bytes(b"10000000001", of="member.phone")
    with pytest.raises(UnsealError, match="密钥不符或内容被改动"):
        unseal_bytes(sealed, of="household.phone")
    for place in range(1, len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(UnsealError):
            unseal_bytes(altered, of="member.phone")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x09" * 40, b"\x01" * 28])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(UnsealError):
        unseal_bytes(sealed, of="member.phone")
