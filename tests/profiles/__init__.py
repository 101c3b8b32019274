"""Who: facts and identity, seen from outside."""
