"""The fleet plays phones over HTTP against a running portal: what a person presses reaches its state by itself."""

import json
import threading
import time
from io import StringIO

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connections
from django.test.testcases import LiveServerThread

from accounts.acting import acting_as, as_operator
from devices.models import Device
from services import codes
from services.models import Command, Enrollment, Move
from services.phones import Fleet, Manner, Phone, Portal
from tests import world as cast
from tests.races.committed import _as_migrated_afterwards, _quick_passwords, committed
from tests.services.ground import ground
from tests.services.phones import act, assigned, state
from tests.services.typed import cleaned

__all__ = ["_as_migrated_afterwards", "_quick_passwords", "committed"]
SECONDS = 20


@pytest.fixture
def town(committed, _quick_passwords):
    """A world that commits, and a server that other threads ask. (`live_server` would empty the tables too late.)"""
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None
    yield cast.build(), f"http://127.0.0.1:{server.port}"
    server.terminate()


def until(found):
    """Wait for it. Whether it came."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found():
            return True
        time.sleep(0.05)
    return False


class Playing:
    """Phones in threads, until the block ends."""

    def __init__(self, url, phones, **manner):
        self.kept = {}
        self.fleet = Fleet(
            Portal(url), Manner(**({"interval": 0.1, "failures": 0, "silent": 0} | manner)), keep=self.keep
        )
        self.fleet.add(phones)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.fleet.run, kwargs={"until": self.stop, "threads": 2})

    def keep(self, phones):
        self.kept = {one.identifier: one.secret for one in phones.values()}

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def test_what_a_person_presses_reaches_its_state_by_itself(town):
    world, url = town
    device, phone = assigned(world)

    with Playing(url, [Phone(device.identifier, phone.code)]):
        configured = until(lambda: state(device) == "configured")
        act(world, device, "lock")
        locked = until(lambda: state(device) == "locked")
        act(world, device, "reset")
        erased = until(lambda: way_of(device)[-1] == "configured")

    assert (configured, locked, erased) == (True, True, True)
    first = ["profile_assigned", "in_progress", "configured"]
    assert way_of(device) == [*first, "locked", *first]


def test_after_a_reset_the_phone_comes_back_with_another_secret(town):
    world, url = town
    device, phone = assigned(world)

    with Playing(url, [Phone(device.identifier, phone.code)]) as playing:
        assert until(lambda: state(device) == "configured")
        first = playing.kept[device.identifier]
        act(world, device, "reset")
        again = until(lambda: playing.kept.get(device.identifier) not in (first, ""))
        act(world, device, "reboot") if state(device) == "configured" else None

    assert again


def test_doubled_reports_do_no_harm(town, monkeypatch):
    world, url = town
    monkeypatch.setattr("services.phones.DOUBLED", 1)
    pairs = [assigned(world) for _ in range(3)]

    with Playing(url, [Phone(device.identifier, phone.code) for device, phone in pairs]):
        assert until(lambda: all(state(device) == "configured" for device, _ in pairs))
        for device, _ in pairs:
            act(world, device, "lock")
        assert until(lambda: all(state(device) == "locked" for device, _ in pairs))

    with as_operator():
        moves = list(Move.objects.order_by("device", "pk").values_list("state", flat=True))
    assert moves == ["profile_assigned", "in_progress", "configured", "locked"] * 3


def way_of(device):
    with as_operator():
        return list(Move.objects.filter(device=device).order_by("pk").values_list("state", flat=True))


def code_of(at):
    with acting_as(at.world.alice):
        return codes.of(at.customer, by=at.world.alice)


def in_campaign(world):
    ke = ground(world, "KE", devices=1)
    ke.act("enroll")
    ke.force("enrolled")
    ke.act("assign", thing=ke.thing("campaign", **cleaned("KE", ke.console.kind("campaign"))))
    return ke


def test_firmware_is_downloaded_then_installed(town):
    world, url = town
    ke = in_campaign(world)
    (device,) = ke.devices

    with Playing(url, [Phone(device.identifier, code_of(ke))]):
        assert until(lambda: ke.states() == ["updated"])

    assert way_of(device)[-4:] == ["downloading", "awaiting_install", "installing", "updated"]


def test_a_download_that_fails_is_tried_again(town, monkeypatch):
    world, url = town
    monkeypatch.setattr("services.phones.AGAIN", 1)
    ke = in_campaign(world)
    (device,) = ke.devices

    with Playing(url, [Phone(device.identifier, code_of(ke))], failures=1):
        assert until(lambda: way_of(device).count("failed_to_download") == 2)


def test_a_screen_lock_becomes_weak_and_is_set_again(town, monkeypatch):
    world, url = town
    monkeypatch.setattr("services.phones.SELDOM", 1e9)
    km = ground(world, "KM", devices=1)
    user = km.thing("user", "Kari", email="kari@fjordline.example", phone="", department="")
    km.act("invite", params={"user": user.pk})

    with Playing(url, [Phone(km.devices[0].identifier, code_of(km))], failures=1e-9):
        assert until(lambda: way_of(km.devices[0])[:4] == ["invited", "enrolled", "screen_lock", "enrolled"])


def test_the_person_at_a_phone_says_no_now_and_then(town, monkeypatch):
    world, url = town
    monkeypatch.setattr("services.phones.REFUSED", 1)
    device, phone = assigned(world)

    with Playing(url, [Phone(device.identifier, phone.code)], failures=1):
        assert until(lambda: state(device) == "cancelled_by_user")


def test_phones_fail_and_go_silent_as_told(town, monkeypatch):
    world, url = town
    monkeypatch.setattr("services.phones.REFUSED", 0)
    pairs = [assigned(world) for _ in range(2)]
    (fails, one), (silent, other) = pairs

    with Playing(url, [Phone(fails.identifier, one.code)], failures=1):
        assert until(lambda: state(fails) == "failed_to_configure")
    with Playing(url, [Phone(silent.identifier, other.code)], silent=1) as playing:
        assert until(lambda: playing.kept)
        time.sleep(0.5)

    with as_operator():
        detail = Command.objects.get(device=fails).detail
        assert Command.objects.get(device=silent).state == Command.State.WAITING
    assert detail


def test_the_command_plays_what_a_file_names(town, tmp_path):
    world, url = town
    device, phone = assigned(world)
    named, secrets = tmp_path / "phones.json", tmp_path / "secrets.json"
    named.write_text(json.dumps([{"identifier": device.identifier, "code": phone.code}]))
    stop, said = threading.Event(), StringIO()

    def look():
        until(lambda: state(device) == "configured")
        connections.close_all()
        stop.set()

    thread = threading.Thread(target=look)
    thread.start()
    call_command(
        "fleet", url=url, file=named, secrets=secrets, interval=0.1, failures=0, silent=0, stop=stop, stdout=said
    )
    thread.join()

    assert (state(device), said.getvalue()) == ("configured", "1 phones\n")
    assert list(json.loads(secrets.read_text())) == [device.identifier]
    assert secrets.stat().st_mode & 0o777 == 0o600


def test_the_command_finds_devices_that_were_told_something(town, tmp_path):
    world, url = town
    device, _ = assigned(world)
    stop = threading.Event()

    def look():
        until(lambda: state(device) == "configured")
        connections.close_all()
        stop.set()

    thread = threading.Thread(target=look)
    thread.start()
    call_command(
        "fleet", url=url, secrets=tmp_path / "s.json", interval=0.1, failures=0, silent=0, devices=1, stop=stop,
        stdout=StringIO(),
    )  # fmt: skip
    thread.join()

    with as_operator():
        assert Device.objects.count() == Enrollment.objects.filter(state="configured").count() == 1
