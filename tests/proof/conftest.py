from tests.races.committed import _as_migrated_afterwards, _quick_passwords, committed

__all__ = ["_as_migrated_afterwards", "_quick_passwords", "committed"]
