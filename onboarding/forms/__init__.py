"""Cleaning what people type. The rules that need the database stand in the verbs (applications, customers)."""
