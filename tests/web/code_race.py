"""Run as a process of its own: people who give one one-time password, or recovery code, at the same moment.

    python -m tests.web.code_race ROUNDS

SHOUWANG_DATABASE names an empty database. Prints, for each round, the answers that the door gave.
"""

import json
import sys
from base64 import b32decode
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

SIDES = (2, 2, 2, 20)


def main(rounds: int) -> None:
    """Run the rounds, print how often each status was answered."""
    import django

    django.setup()
    print(json.dumps([race(number) for number in range(rounds)]))


def race(number: int) -> dict[str, int]:
    """Let one person come in from several sides with the same code; every other round a recovery code."""
    from django.db import connection
    from django.test import Client
    from django.utils import timezone
    from django_otp.oath import TOTP

    from shouwang.actions import one_time_codes
    from shouwang.domain.roles import Role
    from tests.world import COUNTY, PASSWORD, account, actor

    person = account(Role.COUNTY_OFFICE, COUNTY, login=f"wangjia{number}")
    now = timezone.localtime()
    begun = now - timedelta(minutes=10)
    secret = TOTP(b32decode(one_time_codes.begin_codes(actor=actor(person), at=begun)))
    secret.time = begun.timestamp()
    spare = one_time_codes.confirm_codes(actor=actor(person), code=f"{secret.token():06d}", at=begun)
    secret.time = now.timestamp()
    code = spare[0] if number % 2 else f"{secret.token():06d}"
    sides = SIDES[number % len(SIDES)]
    barrier, answers = Barrier(sides), Counter[int]()

    def come_in(side: int) -> None:
        client = Client()
        client.post("/sign-in/", {"login": person.login, "password": PASSWORD})
        barrier.wait()
        answers[client.post("/sign-in/", {"code": code}).status_code] += 1
        connection.close()

    threads = [Thread(target=come_in, args=(side,)) for side in range(sides)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {str(status): times for status, times in answers.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]))
