"""Matches become approved notices, and notices leave."""
