"""The policy packs as the running site reads them: once a process."""

from datetime import date
from functools import cache, lru_cache

from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackLibrary, Policy


@cache
def library() -> PackLibrary:
    """Return the packs that the site ships with."""
    return load_library(default_packs_folder())


@lru_cache(maxsize=4096)
def policy_at(division: str, on: date) -> Policy:
    """Return the policy of a village on a day. Raises PackError where no pack answers."""
    return library().resolve(division, on)
