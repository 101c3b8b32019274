"""Side-by-side measurements against what one would pick instead, as ratios of one run."""
