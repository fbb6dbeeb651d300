"""One answer to one request, however often it is sent (Idempotency-Key; T53)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from shouwang.records.job_lock import ANSWERING, held
from shouwang.records.models import ApiAnswer, ApiToken
from shouwang.records.sealing import seal_bytes, unseal_bytes

KEPT = timedelta(days=8)
_COLUMN = "apianswer.body"


class UnderWay(Exception):
    """The same request is being answered this moment."""


class OtherRequest(Exception):
    """The key was used for another request before."""


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Claim:
    """A key that is ours for the length of a block: the answer it has, and how to keep one."""

    answer: Answer | None
    keep: Callable[[Answer], None]


@contextmanager
def claimed(*, token: ApiToken, key: str, request_sha256: str, at: datetime) -> Iterator[Claim]:
    """Hold a key of a token for a block. Raises UnderWay, OtherRequest.

    A request that ended without an answer, as a server that was stopped leaves it, is answered anew.
    """
    with held(ANSWERING, _number(token, key)) as is_ours:
        if not is_ours:
            raise UnderWay
        ApiAnswer.objects.filter(token=token, asked_at__lt=at - KEPT).delete()
        row, _ = ApiAnswer.objects.get_or_create(
            token=token, key=key, defaults={"request_sha256": request_sha256, "asked_at": at}
        )
        if row.request_sha256 != request_sha256 and row.status is not None:
            raise OtherRequest
        row.request_sha256 = request_sha256
        yield Claim(_answer(row), lambda answer: _keep(row, answer))


def request_digest(*, parts: Iterable[bytes]) -> str:
    """Return the digest that tells requests apart; parts are told from each other by their length."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _answer(row: ApiAnswer) -> Answer | None:
    if row.status is None or row.body_sealed is None:
        return None
    return Answer(row.status, row.headers, unseal_bytes(bytes(row.body_sealed), of=_COLUMN))


def _keep(row: ApiAnswer, answer: Answer) -> None:
    row.status, row.headers = answer.status, json.loads(json.dumps(dict(answer.headers)))
    row.body_sealed = seal_bytes(answer.body, of=_COLUMN)
    row.save()


def _number(token: ApiToken, key: str) -> int:
    """Return a lock's number, in the 32 bits with a sign that PostgreSQL takes."""
    return int.from_bytes(sha256(f"{token.pk}:{key}".encode()).digest()[:4], "big", signed=True)
