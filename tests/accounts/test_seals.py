"""Seeds of second steps: nobody reads them in the database, and the right code still lets in."""

import importlib
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import InvalidToken
from django.apps import apps

from accounts import seals
from tests.world import World

SEED = "JBSWY3DPEHPK3PXP"


def stored(world: World, kind: str) -> dict[str, Any]:
    data: dict[str, Any] = Authenticator.objects.get(user=world.alice, type=kind).data
    return data


def test_a_seed_is_sealed_and_its_codes_fit(world: World) -> None:
    totp.TOTP.activate(world.alice, SEED)
    step = Authenticator.objects.get(user=world.alice)

    code = totp.format_hotp_value(totp.hotp_value(SEED, next(totp.yield_hotp_counters_from_time())))

    assert SEED not in str(step.data)
    assert step.wrap().validate_code(code)


def test_what_was_sealed_for_one_purpose_opens_for_no_other() -> None:
    sealed = seals.seal(SEED, purpose=seals.SECOND_STEP)

    with pytest.raises(InvalidToken):
        seals.unseal(sealed, purpose=seals.LICENSE_KEY)


def test_seeds_from_before_are_sealed_by_the_migration_and_back(world: World) -> None:
    step = importlib.import_module("accounts.migrations.0005_sealed_seeds")
    totp.TOTP.activate(world.alice, SEED)
    codes = RecoveryCodes.activate(world.alice).generate_codes()

    step._unseal(apps, None)
    plain = stored(world, "totp")["secret"]
    step._seal(apps, None)

    assert (plain, stored(world, "totp")["secret"] != SEED) == (SEED, True)
    assert RecoveryCodes.activate(world.alice).generate_codes() == codes
