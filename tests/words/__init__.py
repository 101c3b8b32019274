"""Words and rows, seen from outside."""
