"""Every word that a person reads: pages, notices, leaflets."""
