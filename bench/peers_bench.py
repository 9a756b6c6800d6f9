"""Two peers at the same work, in turns with us: a file of 10,000 devices through django-import-export, and the
customers that a person sees by guardian's get_objects_for_user on generic rows. The goals are those of issue 10.
"""

import json
import subprocess
import sys
from statistics import median
from typing import Any

from bench import worlds
from bench.database import ROOT, Database
from bench.importing import Importing
from bench.ratio import Ratio
from bench.upload_bench import LINES, Scene

ROWS, RUNS = LINES // 10, 1  # a run of the peer takes minutes


def measure(database: Database) -> tuple[list[Ratio], dict[str, Any]]:
    raw: dict[str, Any] = _imports(database)
    with worlds.large(database) as large:
        raw["scope"] = _scopes(large)
    for who, times in raw["scope"].items():
        print(f"50 customers of {who}: {_ms(times['ours'])} ms, by guardian {_ms(times['guardian'])} ms")
    upload, by_row, bulk = (median(raw[kind]) for kind in ("upload", "import_export", "import_export_bulk"))
    print(f"{ROWS:,} devices: upload {upload:.2f} s, import-export {by_row:.1f} s, with use_bulk {bulk:.1f} s")
    scope = median(median(times["guardian"]) / median(times["ours"]) for times in raw["scope"].values())
    return [Ratio("upload_vs_import_export", by_row / upload, 60), Ratio("scope_vs_guardian", scope, 2)], raw


def _ms(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:.1f}"


def _imports(database: Database) -> dict[str, list[float]]:
    """Seconds for the same number of good rows into the same table, policies on."""
    scene = Scene(database)
    peer = Importing(scene)
    _, good = scene.file(ROWS)
    scene.upload(good, len(good))  # what is loaded once
    raw: dict[str, list[float]] = {"upload": [], "import_export": [], "import_export_bulk": []}
    for _ in range(RUNS):
        lines = scene.fresh(ROWS)
        raw["upload"].append(scene.upload(lines, len(lines))["all"])
        raw["import_export"].append(peer.seconds(scene.fresh(ROWS), bulk=False))
        raw["import_export_bulk"].append(peer.seconds(scene.fresh(ROWS), bulk=True))
    return raw


def _scopes(large: Database) -> dict[str, dict[str, list[float]]]:
    """Seconds of each look, as a process of its own in the large world measures them."""
    with large.owner() as owner:
        owner.execute(_FORGET)
        owner.execute(_GENERIC)
        owner.execute("ANALYZE bench_peer, guardian_groupobjectpermission, guardian_userobjectpermission")
        try:
            return _asked(large)
        finally:
            owner.execute(_FORGET)


def _asked(large: Database) -> dict[str, dict[str, list[float]]]:
    command = [sys.executable, "-m", "bench.scope_child"]
    environment = {**large.environment, "DATABASE_PREPARED": "1"}  # both sides, as in web processes (docs/adr/0036)
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, dict[str, list[float]]] = json.loads(done.stdout)
    return found


# The same customers and the same grants, as generic rows.
_GENERIC = """
CREATE TABLE bench_peer AS SELECT id, name, name_key FROM tenants_customer;
ALTER TABLE bench_peer ADD PRIMARY KEY (id);
CREATE INDEX ON bench_peer (name_key, id);
GRANT SELECT ON bench_peer TO portal_app;
INSERT INTO django_content_type (app_label, model) VALUES ('bench', 'peer');
INSERT INTO auth_permission (name, codename, content_type_id)
SELECT 'See', 'view_peer', id FROM django_content_type WHERE app_label = 'bench';
INSERT INTO guardian_groupobjectpermission (object_pk, content_type_id, group_id, permission_id)
SELECT g.content_object_id::text, p.content_type_id, g.group_id, p.id
  FROM tenants_customergroupgrant g JOIN auth_permission a ON a.id = g.permission_id AND a.codename = 'view_customer'
  CROSS JOIN auth_permission p WHERE p.codename = 'view_peer';
INSERT INTO guardian_userobjectpermission (object_pk, content_type_id, user_id, permission_id)
SELECT g.content_object_id::text, p.content_type_id, g.user_id, p.id
  FROM tenants_customerusergrant g JOIN auth_permission a ON a.id = g.permission_id AND a.codename = 'view_customer'
  CROSS JOIN auth_permission p WHERE p.codename = 'view_peer';
"""
_FORGET = """
DROP TABLE IF EXISTS bench_peer;
TRUNCATE guardian_groupobjectpermission, guardian_userobjectpermission;
DELETE FROM auth_permission WHERE codename = 'view_peer';
DELETE FROM django_content_type WHERE app_label = 'bench';
"""
