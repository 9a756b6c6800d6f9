"""What the database holds encrypted, so that a copy of it alone tells nobody: license keys, seeds of second steps.

Each purpose has a key of its own, made from SECRET_KEY. Secrets before it open what was sealed in their time.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

LICENSE_KEY, SECOND_STEP = "licensing.codes.seal", "accounts.second_step"


def secrets() -> list[str]:
    """The newest first."""
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS + settings.SEAL_FALLBACKS)]


def seal(text: str, *, purpose: str) -> str:
    return _keys(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Raises cryptography.fernet.InvalidToken where none of our secrets made it."""
    return _keys(purpose).decrypt(sealed.encode()).decode()


def _keys(purpose: str) -> MultiFernet:
    keys = (salted_hmac(purpose, "", secret=one, algorithm="sha256").digest() for one in secrets())
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])
