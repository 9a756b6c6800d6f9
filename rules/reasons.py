"""Why somebody says no, for the other side to read."""

from rules.errors import RuleBroken

MISSING = "The other side reads the reason in an email. Write one or two sentences."


def given(reason: str, *, missing: str = MISSING) -> str:
    """The reason as it is kept. Raises RuleBroken where nobody wrote one."""
    if not (kept := reason.strip()):
        raise RuleBroken(missing, field="reason")
    return kept
