"""Documents that list what the code has, beside it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
MADE = "CREATE DATABASE portal OWNER portal_owner TEMPLATE template0 ENCODING UTF8 LOCALE 'C' LOCALE_PROVIDER builtin"


STATUS = {  # lists whose column Samsung's portal calls Status (knox.md 2.3, 4.2, 4.5, 4.6, 5.6)
    "devices/_approvals_rows.html", "devices/_devices_rows.html", "devices/_reseller_customers_rows.html",
    "devices/_reseller_uploads_rows.html", "devices/_uploads_rows.html", "licensing/_company_licenses_rows.html",
    "licensing/_licenses_rows.html", "portals/_customers_rows.html",
}  # fmt: skip


def read(name):
    """With one space for each gap, as lines break anywhere."""
    return re.sub(r"\s+", " ", (ROOT / name).read_text())


def test_each_task_of_the_clock_is_told():
    told = set(re.findall(r"\| `([a-z_.]+)` \|", read("docs/operations.md")))

    assert {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()} - told == set()


@pytest.mark.parametrize("name", ["docs/deploying.md", "docs/operations.md", "deploy/create-database.sh"])
def test_the_database_is_made_in_one_way(name):
    assert f"{MADE} BUILTIN_LOCALE 'C.UTF-8'" in read(name)


def test_each_document_and_decision_is_listed():
    listed = set(re.findall(r"\]\(([\w/.-]+\.md)\)", (ROOT / "docs/README.md").read_text()))
    there = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")} - {"README.md"}

    assert there - listed == set()


def test_each_middleware_of_ours_is_told():
    ours = [one for one in settings.MIDDLEWARE if one.split(".")[0] in ("accounts", "audit", "portals")]

    assert [one for one in ours if f"`{one}`" not in read("docs/architecture.md")] == []


def test_a_column_says_state_except_where_samsungs_portal_says_status():
    """That of administrators, which is Status there too, has its name from tenants/pages/people_list.py."""
    templates = ROOT / "templates"
    named = {str(one.relative_to(templates)) for one in templates.rglob("*.html") if ">Status</th>" in one.read_text()}

    assert named == STATUS
