"""What the law gives a person: a copy, to be forgotten, terms after which data are gone, keys."""
