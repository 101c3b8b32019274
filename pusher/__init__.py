"""What there is to tell, and its way to those it concerns."""
