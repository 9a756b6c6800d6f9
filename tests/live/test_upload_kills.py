"""kill -9 of worker, web and database at random moments of an upload: the counts add up each time."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from msp_portal.servers import Postgres
from tests.live.stack import ROOT

pytestmark = pytest.mark.xdist_group("live")
ROUNDS, GOOD, TWICE, BAD = 20, 1_500, 30, 30


@pytest.fixture
def environment(tmp_path: Path):
    """A PostgreSQL that may die, and whose commits outlive that."""
    postgres = Postgres(tmp_path / "postgres", durable=True)
    postgres.start()
    yield {
        **os.environ,
        "DATABASE_URL": postgres.url("portal_app"),
        "DATABASE_ROLE": "portal_app",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "OWNER_URL": postgres.url("portal_owner"),
        "FOLDER": str(tmp_path / "postgres"),
        "DEBUG": "0",
        "PORTAL_URL": "http://localhost",
    }
    postgres.stop()


def test_counts_add_up_whatever_is_killed(environment):
    owner = {**environment, "DATABASE_URL": environment["OWNER_URL"], "DATABASE_ROLE": "portal_owner"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=owner, check=True)
    seed, lines, bad = secrets.randbelow(10**6), GOOD + TWICE + BAD, TWICE + BAD

    numbers = map(str, (ROUNDS, seed, GOOD, TWICE, BAD))
    command = [sys.executable, "-m", "tests.live.upload_kills", environment["FOLDER"], *numbers]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    right = {"state": "done", "counts": [lines, GOOD, bad], "lines": lines, "bad": bad, "devices": GOOD}
    wrong = [one for one in rounds if one | right | {"approved": [GOOD]} != one]
    assert (len(rounds), wrong) == (ROUNDS, []), f"seed {seed}\n{done.stderr[-2000:]}"
