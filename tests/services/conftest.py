from tests.onboarding.conftest import world

__all__ = ["world"]
