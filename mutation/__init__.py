"""Remove one guard at a time and see whether the tests notice (peers.md C3, 7). Run by `make mutate`."""
