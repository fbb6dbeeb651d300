"""One sealed file: chunks of AES-256-GCM under a key from a passphrase, whose loss or change is noticed.

    magic 16 | version, log2(n), r, p | salt 16 | key check 16 | first 16 of their sha256 | chunks | end 16

Every chunk but the last holds CHUNK_BYTES. A chunk's nonce is its number and whether it is the last, so none
can be dropped, repeated, moved or cut off unnoticed.
"""

import hashlib
import os
import struct
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"SHOUWANG-BACKUP\n"
END = b"\nSHOUWANG-ENDED\n"
# 2 holds the files of the lake between the directory and the dump.
VERSION = 2
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
HEAD_BYTES = 16 + 4 + 16 + 16 + 16
# 128 MB and half a second for every guess of the passphrase.
SCRYPT_LOG2_N = 17
SCRYPT_LOG2_N_LIMIT = 20
SCRYPT_R, SCRYPT_P = 8, 1


class BackupError(RuntimeError):
    """A backup cannot be made, read or restored; the message, in Chinese, says why and what to do."""


class DamagedBackup(BackupError):
    """Bytes of the file are not those that were written."""


class CutBackup(BackupError):
    """The file's end is missing."""


class WrongPassphrase(BackupError):
    """The passphrase is not the one the file was sealed with."""


class ForeignBackup(BackupError):
    """The file is no backup, or one of a version this program cannot read."""


def _keys(passphrase: bytes, salt: bytes, log2_n: int, r: int, p: int) -> tuple[bytes, bytes]:
    drawn = Scrypt(salt=salt, length=64, n=1 << log2_n, r=r, p=p).derive(passphrase)
    return drawn[:32], hashlib.sha256(drawn[32:]).digest()[:16]


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class SealedWriter:
    """Seals what is written into an open file; `finish` writes the last chunk and the end."""

    def __init__(self, file: BinaryIO, passphrase: bytes) -> None:
        """Write the head, with a fresh salt."""
        salt = os.urandom(16)
        key, check = _keys(passphrase, salt, SCRYPT_LOG2_N, SCRYPT_R, SCRYPT_P)
        head = MAGIC + struct.pack("4B", VERSION, SCRYPT_LOG2_N, SCRYPT_R, SCRYPT_P) + salt + check
        self._file, self._cipher, self._number = file, AESGCM(key), 0
        self._head = head + hashlib.sha256(head).digest()[:16]
        self._waiting = bytearray()
        file.write(self._head)

    def write(self, content: bytes) -> None:
        """Seal some bytes; the last chunk's worth waits for `finish`."""
        self._waiting += content
        while len(self._waiting) > CHUNK_BYTES:
            self._seal(bytes(self._waiting[:CHUNK_BYTES]), is_last=False)
            del self._waiting[:CHUNK_BYTES]

    def finish(self) -> None:
        """Seal what waits as the last chunk."""
        self._seal(bytes(self._waiting), is_last=True)
        self._file.write(END)

    def _seal(self, content: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._file.write(self._cipher.encrypt(nonce, content, self._head))
        self._number += 1


class SealedReader:
    """Reads a sealed file in order; nothing is given out that was not found unchanged."""

    def __init__(self, file: BinaryIO, passphrase: bytes) -> None:
        """Read the head; raise ForeignBackup, CutBackup, DamagedBackup or WrongPassphrase."""
        self._file, self._number, self._ready, self._is_over = file, 0, b"", False
        self._name = Path(str(file.name)).name
        self._left = os.fstat(file.fileno()).st_size - HEAD_BYTES - len(END)
        self._head = file.read(HEAD_BYTES)
        self._check_head()
        salt, check = self._head[20:36], self._head[36:52]
        log2_n, r, p = self._head[17:20]
        key, expected = _keys(passphrase, salt, log2_n, r, p)
        if expected != check:
            raise WrongPassphrase(f"口令不对，打不开备份 {self._name}。")
        self._cipher = AESGCM(key)
        self._check_end()

    def _check_head(self) -> None:
        if not self._head.startswith(MAGIC[: len(self._head)]) or not self._head:
            raise ForeignBackup(f"{self._name} 不是本系统的备份文件。")
        if len(self._head) < HEAD_BYTES:
            raise self._cut()
        if self._head[52:] != hashlib.sha256(self._head[:52]).digest()[:16]:
            raise self._damaged("文件开头")
        self.version, log2_n, r, p = self._head[16:20]
        if (
            not 1 <= self.version <= VERSION
            or not 1 <= log2_n <= SCRYPT_LOG2_N_LIMIT
            or not r
            or not p
            or r * p > 64
        ):
            raise ForeignBackup(
                f"备份 {self._name} 的格式版本是 {self.version}，本程序只读到 {VERSION}。请用写它的程序恢复。"
            )

    def _check_end(self) -> None:
        place = self._file.tell()
        if self._left < TAG_BYTES:
            raise self._cut()
        self._file.seek(-len(END), os.SEEK_END)
        if self._file.read() != END:
            raise self._cut()
        self._file.seek(place)

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, fewer only at the end; raise DamagedBackup where a chunk was altered."""
        parts = []
        while size:
            if not self._ready:
                if self._is_over:
                    break
                self._ready = self._next_chunk()
                continue
            parts.append(self._ready[:size])
            self._ready = self._ready[size:]
            size -= len(parts[-1])
        return b"".join(parts)

    def read_exactly(self, size: int) -> bytes:
        """Return `size` bytes; raise DamagedBackup if there are fewer."""
        content = self.read(size)
        if len(content) < size:
            raise self._damaged("目录")
        return content

    def _next_chunk(self) -> bytes:
        sealed = self._file.read(min(CHUNK_BYTES + TAG_BYTES, self._left))
        self._left -= len(sealed)
        self._is_over = self._left <= 0
        nonce = _nonce(self._number, is_last=self._is_over)
        try:
            content = self._cipher.decrypt(nonce, sealed, self._head)
        except (InvalidTag, ValueError):
            raise self._damaged(f"第 {self._number + 1} 段") from None
        self._number += 1
        return content

    def _damaged(self, where: str) -> DamagedBackup:
        return DamagedBackup(f"备份 {self._name} 已损坏或被改动（{where}），不能使用：请换另一份备份。")

    def _cut(self) -> CutBackup:
        return CutBackup(f"备份 {self._name} 不完整（末尾缺失，可能没有拷完）：请重新拷贝，或换另一份备份。")
