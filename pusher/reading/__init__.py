"""A document becomes an understood policy."""
