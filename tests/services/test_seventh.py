"""A seventh service is one module and one line in KnoxService (issue 7). Everything else is there by construction.

PostgreSQL's constraints and the migrations come from KnoxService, so no patch of this process would be honest: the
test adds both to a copy of the project, writes the migrations as a developer does, and runs the copy's own tests.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

HERE = Path(__file__).parent / "seventh"
LAST = '    GUARD = "KG", "Knox Guard"\n'
LINE = '    ASSET_INTELLIGENCE = "KAI", "Knox Asset Intelligence"\n'
LEFT_OUT = shutil.ignore_patterns(".*", "node_modules", "__pycache__", "pictures", "*.pyc")
BY_CONSTRUCTION = [
    "tests/services/seventh/checks.py",
    "tests/services/test_modules.py::test_what_a_service_declares_fits_together",
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seventh") / "project"
    shutil.copytree(settings.BASE_DIR, folder, ignore=LEFT_OUT)
    models = folder / "tenants" / "models" / "services.py"
    assert LAST in models.read_text()
    models.write_text(models.read_text().replace(LAST, LAST + LINE))
    shutil.copy(HERE / "asset_intelligence.py", folder / "services" / "modules")
    return folder


def run(copy, *command, **more):
    environment = {**os.environ, **more}
    return subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, text=True, capture_output=True, timeout=300, check=False
    )


def test_one_module_and_one_line_make_a_seventh_service(copy):
    another = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/seventh_{os.getpid()}").geturl()

    migrated = run(copy, "manage.py", "makemigrations")
    tested = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *BY_CONSTRUCTION, DATABASE_URL=another)

    assert migrated.returncode == 0, migrated.stderr
    assert tested.returncode == 0, tested.stdout[-4000:] + tested.stderr[-2000:]
