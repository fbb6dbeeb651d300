"""Shouwang 守望: keeps watch over rural households that may fall back into poverty; explains each warning."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("shouwang")
except PackageNotFoundError:
    __version__ = "0+unknown"
