"""Where a run happens: a small disk, PostgreSQL and Valkey that outlive being killed, and the portal beside them."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from msp_portal.servers import Postgres, Valkey
from tests.live.stack import Stack, running

CLOCK = Path(__file__).resolve().parent / "clock"
DISK_MB = 3_000
LEFT = 8 * 1024
"""Bytes that are free on a full disk: a page or two."""

_STEP = 16 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    stack: Stack
    postgres: Postgres
    valkey: Valkey
    folder: Path
    """Logs, and what each process keeps for itself."""
    disk: Path
    """Data of PostgreSQL and Valkey, temporary files of web."""
    has_own_disk: bool

    def logs(self) -> list[Path]:
        """Of every process that wrote one."""
        return [*self.folder.glob("*.log"), *self.disk.glob("*/*.log"), *self.disk.glob("*/data/*.log")]

    def set_clock(self, seconds: float) -> None:
        """How far the clocks of web, worker and beat are off from now on."""
        new = self.folder / "clock.new"
        new.write_text(str(seconds))
        new.rename(self.folder / "clock")

    def use_database(self, url: str) -> None:
        """Where processes that are started from now on ask."""
        self.stack.environment["DATABASE_URL"] = url

    def kill(self, name: str) -> None:
        """kill -9, with its children."""
        if name in {"postgres", "valkey"}:
            server = getattr(self, name)._server()
            if server:
                server.kill()
        else:
            self.stack.restart_ended()
            self.stack.kill(name)

    def mend(self) -> None:
        """As who supervises the processes does: what has ended runs again."""
        self.postgres.start()
        self.valkey.start()
        self.stack.restart_ended()

    @contextlib.contextmanager
    def full_disk(self) -> Iterator[None]:
        """PostgreSQL, Valkey and the temporary files of web lie on it."""
        ballast = self.disk / "ballast"
        with ballast.open("wb") as file, contextlib.suppress(OSError):  # somebody else took the last of it
            while (free := shutil.disk_usage(self.disk).free) > LEFT:
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), min(free - LEFT, _STEP))
        try:
            yield
        finally:
            ballast.unlink()


@contextlib.contextmanager
def opened() -> Iterator[Place]:
    """The demo portal, removed afterwards."""
    with contextlib.ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        disk = folder / "disk"
        has_own_disk = ends.enter_context(_mounted(disk))
        postgres, valkey = Postgres(disk / "postgres", durable=True), Valkey(disk / "valkey", durable=True)
        for server in (postgres, valkey):
            ends.callback(server.stop)
            server.start()
        (disk / "tmp").mkdir()
        (folder / "clock").write_text("0")
        os.environ |= {
            "MFA_REQUIRED": "0",
            "TRUSTED_PROXY_COUNT": "1",  # each person comes from an address of their own
            "TMPDIR": str(disk / "tmp"),
            "PYTHONPATH": str(CLOCK),
            "FAULTS_CLOCK": str(folder / "clock"),
        }
        services = {"DATABASE_URL": postgres.url("portal_owner"), "REDIS_URL": valkey.url()}
        stack = ends.enter_context(running(folder, services=services))
        yield Place(stack, postgres, valkey, folder, disk, has_own_disk)


@contextlib.contextmanager
def _mounted(disk: Path) -> Iterator[bool]:
    """Whether it is a disk of its own: where this user may mount one (as root)."""
    disk.mkdir(mode=0o755)
    mounted = not _run("mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", disk)
    try:
        yield mounted
    finally:
        if mounted:
            _run("umount", "--lazy", disk)


def _run(*command: object) -> int:
    try:
        return subprocess.run([str(one) for one in command], capture_output=True, check=False).returncode
    except FileNotFoundError:
        return 1
