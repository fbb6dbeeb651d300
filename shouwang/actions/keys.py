"""The key of the blind index: 32 random bytes in a file that only its owner may read."""

import os
import secrets
from pathlib import Path

LENGTH = 32
_OTHERS = 0o077


class KeyFileError(Exception):
    """The key file cannot be used; the message (Chinese) says why and what to do."""


def blind_key(*, path: Path) -> bytes:
    """Return the key of a file; the first call makes it, with mode 0600. Raises KeyFileError, OSError."""
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise KeyFileError(
            f"盲索引密钥文件“{path.name}”长度为{len(key)}字节,应为{LENGTH}字节。请恢复备份;没有备份时删去它,程序会另建。"
        )
    return key


def key_problem(*, path: Path) -> str | None:
    """Say what is wrong with a key file, or None; a file not made yet is no problem."""
    if not path.exists():
        return None
    try:
        blind_key(path=path)
    except (KeyFileError, OSError) as error:
        return (
            str(error) if isinstance(error, KeyFileError) else f"密钥文件“{path.name}”无法读取,请检查权限。"
        )
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        return f"密钥文件“{path.name}”其他用户也能读,请执行 chmod 600。"
    return None


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(LENGTH))
