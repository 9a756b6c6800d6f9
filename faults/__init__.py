"""Breaks the running portal on purpose, and counts what was lost or done twice. Run by `make faults`.

Everything is real: PostgreSQL, Valkey, web, worker, beat and a mail server as processes, people over HTTP. Nothing in
here knows a model: what is asked of the database afterwards is SQL.
"""
