"""A sentence: its clauses, what each asks or shuts out, and what of it was not read."""
