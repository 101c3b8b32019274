"""A console over a fresh office, as for its pages."""

from tests.web.conftest import console, lite

__all__ = ["console", "lite"]
