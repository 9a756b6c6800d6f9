"""Numbers as sentences have them (words.md 8)."""


def counted(number: int, one: str) -> str:
    """`2,000 devices`, `1 device`, `no devices`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}" if number else f"no {one}s"
