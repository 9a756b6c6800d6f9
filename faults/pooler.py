"""PgBouncer in transaction mode in front of PostgreSQL, where it is installed: people share its connections."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from faults.place import Place
from msp_portal.servers import is_free, secret
from tests.live.stack import free_port

CONNECTIONS = 4
"""To PostgreSQL, for four web and four worker processes: so that nobody has one for oneself."""
_SETTINGS = """
[databases]
{database} = host=127.0.0.1 port={behind}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
"""


def _program() -> str:
    found = shutil.which("pgbouncer")
    assert found, "PgBouncer is not installed"
    return found


@contextlib.contextmanager
def in_front_of_database(place: Place) -> Iterator[None]:
    """What is started from now on asks the database through it, signed in as portal_app."""
    given, port = urlsplit(place.stack.environment["DATABASE_URL"]), free_port()
    database = given.path[1:]
    users, settings = place.folder / "users.txt", place.folder / "pgbouncer.ini"
    users.write_text(f'"portal_app" "{secret(place.postgres.home / "portal_app")}"\n')
    settings.write_text(
        _SETTINGS.format(database=database, behind=given.port, port=port, users=users, connections=CONNECTIONS)
    )
    with (place.folder / "pgbouncer.log").open("wb") as log:
        pooler = subprocess.Popen([_program(), "-u", "nobody", settings], stdout=log, stderr=log)
    while is_free(port):
        time.sleep(0.1)
    url = place.postgres.url("portal_app", database)
    place.use_database(url.replace(f":{given.port}/", f":{port}/"))
    place.stack.environment["DATABASE_PREPARED"] = "0"  # what Debian has is older than 1.21
    try:
        yield
    finally:
        place.use_database(given.geturl())
        pooler.terminate()
        pooler.wait()
