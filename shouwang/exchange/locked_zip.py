"""A file put into a zip archive that only a password opens (AES-256, as 7-Zip, WinRAR and WPS read it)."""

import secrets
from collections.abc import Iterable
from pathlib import Path

import pyzipper

FEWEST_SIGNS = 12
# Without signs that are mistaken for each other when read out or copied by hand.
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
_DRAWN = 16


def drawn_password() -> str:
    """Return a new password of 16 signs (93 bits), in groups of four."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_DRAWN))
    return "-".join(signs[at : at + 4] for at in range(0, _DRAWN, 4))


def write_locked(path: Path, name: str, blocks: Iterable[bytes], password: str) -> None:
    """Write the blocks as the one member `name` of a locked archive, without holding them together."""
    with pyzipper.AESZipFile(
        path, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password.encode())
        with archive.open(name, "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
