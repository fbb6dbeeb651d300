"""Fields that may be read back only with the site's key, and the blind indexes by which they are found.

AES-256-GCM, or SM4-GCM where SHOUWANG_CIPHER asks for it; the first byte says which, so both can be read.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from shouwang.domain.identity import blind_index

_NONCE_BYTES, _TAG_BYTES = 12, 16
_AES = 1
_CIPHERS: dict[int, tuple[str, Callable[[bytes], algorithms.AES | algorithms.SM4]]] = {
    _AES: ("aes-256-gcm", algorithms.AES),
    2: ("sm4-gcm", lambda key: algorithms.SM4(key[:16])),
}


class UnsealError(Exception):
    """A sealed value cannot be read: another key, or altered bytes."""


def seal(text: str, *, of: str) -> bytes:
    """Encrypt a value; `of` names its column, and it can be read back only as that."""
    return seal_bytes(text.encode(), of=of)


def seal_bytes(content: bytes, *, of: str) -> bytes:
    """Encrypt bytes, as `seal`."""
    return sealer(of=of)(content)


def sealer(*, of: str) -> Callable[[bytes], bytes]:
    """Return what encrypts many values of one column; the key is looked up here, once."""
    number, key, named = _preferred(), _derived(of), of.encode()
    first = bytes([number])
    if number == _AES:
        encrypt = AESGCM(key).encrypt

        def seal_one(content: bytes) -> bytes:
            nonce = os.urandom(_NONCE_BYTES)
            body = encrypt(nonce, content, named)
            return first + nonce + body[-_TAG_BYTES:] + body[:-_TAG_BYTES]

        return seal_one
    return lambda content: first + _sealed_by_parts(content, number, key, named)


def _sealed_by_parts(content: bytes, number: int, key: bytes, named: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    encryptor = Cipher(_CIPHERS[number][1](key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(named)
    body = encryptor.update(content) + encryptor.finalize()
    return nonce + encryptor.tag + body


def unseal(sealed: bytes, *, of: str) -> str:
    """Decrypt a value. Raises UnsealError."""
    return unseal_bytes(sealed, of=of).decode()


def unseal_bytes(sealed: bytes, *, of: str) -> bytes:
    """Decrypt bytes. Raises UnsealError."""
    return unsealer(of=of)(sealed)


def unsealer(*, of: str) -> Callable[[bytes], bytes]:
    """Return `unseal_bytes` for many values of one column; the key is looked up here, once."""
    key, named = _derived(of), of.encode()

    def unseal_one(sealed: bytes) -> bytes:
        raw = bytes(sealed)
        entry = _CIPHERS.get(raw[0]) if raw else None
        if entry is None or len(raw) < 1 + _NONCE_BYTES + _TAG_BYTES:
            raise UnsealError("加密内容不完整，请从备份恢复")
        nonce, tag = raw[1 : 1 + _NONCE_BYTES], raw[1 + _NONCE_BYTES : 1 + _NONCE_BYTES + _TAG_BYTES]
        body = raw[1 + _NONCE_BYTES + _TAG_BYTES :]
        try:
            if raw[0] == _AES:
                return AESGCM(key).decrypt(nonce, body + tag, named)
            decryptor = Cipher(entry[1](key), modes.GCM(nonce, tag)).decryptor()
            decryptor.authenticate_additional_data(named)
            return decryptor.update(body) + decryptor.finalize()
        except InvalidTag:
            raise UnsealError("加密内容无法解开：密钥不符或内容被改动，请核对密钥文件") from None

    return unseal_one


def id_index(number: str) -> str:
    """Return the blind index of an ID number, the same that staged files carry."""
    return blind_index(number, settings.SITE.key("blind"))


def tail_index(number: str) -> str:
    """Return the blind index of the last four signs of an ID number; search joins it with a place."""
    return tail_indexer()(number)


def phone_index(phone: str) -> str:
    """Return the blind index of a telephone number, its digits only."""
    return phone_indexer()(phone)


def tail_indexer() -> Callable[[str], str]:
    """Return `tail_index` for many numbers; the key is looked up here, once."""
    key = settings.SITE.key("blind")
    return lambda number: _keyed(key, "id-tail", number.strip().upper()[-4:])


def phone_indexer() -> Callable[[str], str]:
    """Return `phone_index` for many numbers, as `tail_indexer`."""
    key = settings.SITE.key("blind")
    return lambda phone: _keyed(key, "phone", "".join(sign for sign in phone if sign.isdigit()))


def _keyed(key: bytes, purpose: str, text: str) -> str:
    return hmac.digest(key, f"{purpose}:{text}".encode(), "sha256").hex()


@cache
def _derived_from(key: bytes, of: str) -> bytes:
    return hmac.new(key, f"seal:{of}".encode(), hashlib.sha256).digest()


def _derived(of: str) -> bytes:
    return _derived_from(settings.SITE.key("seal"), of)


def _preferred() -> int:
    asked = os.environ.get("SHOUWANG_CIPHER", "aes-256-gcm")
    return next((number for number, (name, _) in _CIPHERS.items() if name == asked), 1)
