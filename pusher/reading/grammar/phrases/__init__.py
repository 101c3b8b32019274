"""Phrases of one subject each: a module, or a table of words (`*.toml`), for every family."""
