"""A local stand-in for the vendors: their wire protocols, a phone screen, faults on demand."""
