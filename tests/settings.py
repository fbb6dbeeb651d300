"""The shipped settings, with keys in a folder of the tests' own and a password hash that costs nothing."""

import atexit
import os
import shutil
import tempfile

# One site folder a worker process, as a load wipes what an earlier one left there; its children share it.
_SITE = f"SHOUWANG_TESTS_SITE_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
if _SITE not in os.environ:
    os.environ[_SITE] = tempfile.mkdtemp(prefix="shouwang-tests-site-")
    atexit.register(shutil.rmtree, os.environ[_SITE], ignore_errors=True)
os.environ["SHOUWANG_VAR"] = os.environ[_SITE]
from shouwang.settings import *  # noqa: E402, F403 -- the folder has to be named first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# Innermost: what a view sends to the database is held to the audit.
MIDDLEWARE = [*MIDDLEWARE, "tests.audit_watch.watched"]  # noqa: F405 -- of the shipped settings
