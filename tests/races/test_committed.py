"""What empties the tables knows every migration that fills them."""

import re
from pathlib import Path

from django.conf import settings

from tests.races.committed import ROWS

WRITES = re.compile(r"^def add\(apps", re.MULTILINE)


def test_every_migration_that_writes_rows_is_written_again_after_a_test_that_commits():
    found = {path for path in Path(settings.BASE_DIR).glob("*/migrations/0*.py") if WRITES.search(path.read_text())}

    assert {f"{path.parent.parent.name}.migrations.{path.stem}" for path in found} == set(ROWS)
