"""docs/agent-v1.md prints the schemas that are served."""

import json

from django.conf import settings

from services.agent_schemas import ANSWERS, LONGEST, REQUESTS


def printed() -> str:
    """The schemas as the page has them: a member a line."""
    parts = []
    for title, schemas in (("Requests", REQUESTS), ("Answers", ANSWERS)):
        for name, schema in schemas.items():
            members = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in _members(schema).items())
            required = ", ".join(f"`{one}`" for one in schema["required"]) or "none"
            parts.append(f"**{title}: {name}**. Required: {required}.\n\n```json\n{{\n{members}\n}}\n```")
    return "\n\n".join(parts)


def _members(schema: dict) -> dict:
    return schema["properties"]


def test_the_page_prints_what_is_served():
    page = (settings.BASE_DIR / "docs" / "agent-v1.md").read_text()

    assert printed() in page
    assert f"{LONGEST:,} bytes" in page
