from tests.races.committed import _as_migrated_afterwards, committed

__all__ = ["_as_migrated_afterwards", "committed"]
