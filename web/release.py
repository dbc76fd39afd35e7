"""Which release this is."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def release() -> str:
    """The release's number; `0` for a checkout that is not installed."""
    try:
        return version("hindsight-kb")
    except PackageNotFoundError:
        return "0"
