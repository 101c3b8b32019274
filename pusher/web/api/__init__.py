"""The door for other systems: JSON in and out, a token of their own, each POST at most once."""
