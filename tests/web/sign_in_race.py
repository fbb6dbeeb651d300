"""Run as a process of its own: twenty threads guess one password at the same moment.

    python -m tests.web.sign_in_race

SHOUWANG_DATABASE names an empty database. Prints how many guesses were held against the password.
"""

import json
from threading import Barrier, Thread

THREADS = 20


def main() -> None:
    """Let everybody guess, print what the audit says of each guess."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    from shouwang.domain.roles import Role
    from shouwang.records.models import AuditEvent
    from tests.world import VILLAGE, account

    account(Role.VILLAGE, VILLAGE, login="wangjia")
    barrier = Barrier(THREADS)

    def guess(number: int) -> None:
        client = Client()
        barrier.wait()
        client.post("/sign-in/", {"login": "wangjia", "password": f"guess-{number}"})
        connection.close()

    threads = [Thread(target=guess, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(list(AuditEvent.objects.order_by("sequence").values_list("result", flat=True))))


if __name__ == "__main__":
    main()
