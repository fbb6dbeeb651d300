"""The site's own folder: keys, database, logs. SHOUWANG_VAR names it; else it is `var` beside the packs."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shouwang.domain.pack_files import default_packs_folder

KEY_BYTES = 32
_OTHERS = 0o077
# What each key is for; the blind key is the one that `screen` has always used.
KEYS = {"blind": "盲索引", "seal": "字段加密", "audit": "审计日志", "django": "会话和表单"}


class SiteError(Exception):
    """The site's folder or keys cannot be used; the message (Chinese) says why and what to do."""


@dataclass(frozen=True)
class Site:
    """Where a site keeps what is its own."""

    home: Path
    blind_key_file: Path | None = None
    lake: Path | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Site":
        """Return the site that the environment names.

        SHOUWANG_BLIND_KEY_FILE may keep that key elsewhere, SHOUWANG_LAKE the lake.
        """
        told, blind = environ.get("SHOUWANG_VAR"), environ.get("SHOUWANG_BLIND_KEY_FILE")
        lake = environ.get("SHOUWANG_LAKE")
        packs = default_packs_folder()
        beside = packs.parent / "var" if packs.name == "packs" else Path("var")
        return cls(
            Path(told or beside).resolve(),
            Path(blind) if blind else None,
            Path(lake).resolve() if lake else None,
        )

    @property
    def database_folder(self) -> Path:
        """Where the embedded database lives."""
        return self.home / "database"

    @property
    def lake_folder(self) -> Path:
        """Where deliveries lie as Parquet; a province puts it on storage that its cluster reaches."""
        return self.lake or self.home / "lake"

    def key_path(self, name: str) -> Path:
        """Return where a key is kept."""
        if name == "blind" and self.blind_key_file:
            return self.blind_key_file
        return self.home / f"{name}.key"

    def key(self, name: str) -> bytes:
        """Return a key of 32 bytes; the first call makes it, readable by its owner only. Raises SiteError."""
        path = self.key_path(name)
        try:
            if not path.exists():
                _make(path)
            key = path.read_bytes()
        except OSError as error:
            raise SiteError(f"{_named(name, path)}无法读写（{error.strerror}），请检查权限") from None
        if len(key) != KEY_BYTES:
            raise SiteError(
                f"{_named(name, path)}长度为{len(key)}字节，应为{KEY_BYTES}字节。请从备份恢复；"
                "从未用过时可以删去，程序会另建"
            )
        return key

    def put_key(self, name: str, key: bytes) -> None:
        """Keep a key that came back from a backup; one that is there already stays."""
        path = self.key_path(name)
        if not path.exists():
            _make(path, key)

    def key_problem(self, name: str) -> str | None:
        """Say what is wrong with a key file, or None; a file not made yet is no problem."""
        path = self.key_path(name)
        if not path.exists():
            return None
        try:
            self.key(name)
        except SiteError as error:
            return str(error)
        if os.name == "posix" and path.stat().st_mode & _OTHERS:
            return f"{_named(name, path)}其他用户也能读，请执行 chmod 600"
        return None


def _named(name: str, path: Path) -> str:
    return f"{KEYS[name]}密钥文件“{path.name}”"


def _make(path: Path, key: bytes = b"") -> None:
    """Make a key file whole or not at all; of two that make it at once, one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key or secrets.token_bytes(KEY_BYTES))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
