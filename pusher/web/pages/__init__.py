"""The console's pages, one file a noun: who, read, act, show."""
