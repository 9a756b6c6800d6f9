"""Headers of mail that Python would spoil."""

from email import policy
from email.headerregistry import UnstructuredHeader
from typing import Any


class Unfolded(UnstructuredHeader):
    """One line, as it is (RFC 5322 allows 998 letters).

    Python writes an address that is longer than a line as encoded words (RFC 2047). Mail programs look for an address
    there (RFC 2369) and would show no button.
    """

    max_count = 1

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # set by the registry


def keep_whole(*names: str) -> None:
    """For every message that is written from now on: Django's come from this policy and its clones."""
    registry: Any = policy.default.header_factory
    for name in names:
        registry.map_to_type(name, Unfolded)
