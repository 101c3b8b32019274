"""A whole document: evened, outlined, its sentences by what they do, its rule made short."""
