"""The shipped settings, with keys in a folder of the tests' own and a password hash that costs nothing."""

import os
import tempfile
from pathlib import Path

# One site folder a worker process: a load wipes what an earlier one left there.
_SITE = f"shouwang-tests-site-{os.geteuid()}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
os.environ["SHOUWANG_VAR"] = str(Path(tempfile.gettempdir()) / _SITE)
from shouwang.settings import *  # noqa: E402, F403 -- the folder has to be named first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
