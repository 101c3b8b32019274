"""A stand-in for the tests of this room; the gateways next door use the same."""

from tests.sandbox.stand import served, stand

__all__ = ["served", "stand"]
