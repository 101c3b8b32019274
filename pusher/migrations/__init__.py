"""Alembic: how the tables came to be, from the first. Travels in the wheel."""
