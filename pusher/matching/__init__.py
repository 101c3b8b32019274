"""An understood policy meets the profiles it is for."""
