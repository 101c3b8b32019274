"""Whom we know: people and firms, their facts, what they agreed to, where they are reached."""
