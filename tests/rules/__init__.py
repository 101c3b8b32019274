"""The audience language, seen from outside."""
