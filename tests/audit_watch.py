"""Hold every request of every test to the audit (T57): who changes a table writes a line; each page did once.

The middleware stands innermost in the tests' settings, so it sees what the views of a test client and of the
stories' server send to the database. A whole run fails that has not brought each page that takes a form to a
success which left a line.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse

AUDIT = "records_auditevent"
# What somebody keeps for himself while he works is no act on anybody's record.
OWN = {
    "records_draft": "what is typed and not yet sent; sending it is the act",
    "records_savedlist": "a filter of a list, without anybody's name or number in it",
    "records_notification": "that one has read what one was told",
}
# Pages that take a form and change nothing, or only what is one's own.
EXEMPT = {
    "draft": OWN["records_draft"],
    "draft_discard": OWN["records_draft"],
    "saved_lists": OWN["records_savedlist"],
    "notifications_read": OWN["records_notification"],
    "search": "asks; by form so that what is asked for stands in no address",
    "identity_check": "asks whether a number is sound, while it is typed; by form for the same reason",
    "ping": "keeps one's own session awake",
}
_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(records_\w+)"')
# The pages whose form has been sent with success and left a line, in this process.
seen: set[str] = set()


class UnauditedWrite(AssertionError):
    """A request changed a table and left no line in the audit."""


@contextmanager
def written() -> Iterator[set[str]]:
    """Collect the names of the tables that a block writes to."""
    tables: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := _WRITE.match(str(sql)):
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


def watched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse, as a failed test, a request that changes a table of others' without a line in the audit."""

    def watching(request: HttpRequest) -> HttpResponse:
        with written() as tables:
            response = get_response(request)
        name = request.resolver_match.url_name if request.resolver_match else ""
        if response.status_code < 500 and tables - OWN.keys() and AUDIT not in tables:
            raise UnauditedWrite(
                f"{request.method} {name} wrote {sorted(tables)} without a line in the audit: use `acting`"
            )
        if request.method == "POST" and response.status_code < 400 and AUDIT in tables:
            seen.add(name or "")
        return response

    return watching


def unseen(pages: set[str], found: set[str]) -> list[str]:
    """Return the pages that take a form, are not exempt, and have left no line; and exemptions of no page."""
    return sorted((pages - EXEMPT.keys() - found) | (EXEMPT.keys() - pages))


def unseen_of(config: pytest.Config, exitstatus: int) -> list[str]:
    """Return what a run without a fault has left unseen; nothing where it was not the whole."""
    is_part = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    if exitstatus or is_part or config.option.keyword or config.option.markexpr or config.option.deselect:
        return []
    from shouwang.web.pages import urlpatterns

    assert urlpatterns, "importing the addresses registers the pages"
    from shouwang.web.page import PAGES

    return unseen({page.name for page in PAGES.values() if "POST" in page.methods}, seen)


# Hooks of pytest, which tests/conftest.py hands on: each worker process gives its pages to the one that ends.


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Give the pages on, or fail the whole run for those that are missing."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["audited_pages"] = sorted(seen)
    elif unseen_of(session.config, exitstatus):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take a worker's pages."""
    seen.update(getattr(node, "workeroutput", {}).get("audited_pages", ()))


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Name what is missing, and how to repair it."""
    for name in unseen_of(config, exitstatus):
        terminalreporter.write_line(
            f"{name}: no test sends its form with success and a line in the audit; write one, or give the "
            "reason in tests/audit_watch.py",
            red=True,
        )
