"""Doors: the console for staff, the public pages, the vendors' callbacks."""
