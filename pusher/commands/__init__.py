"""The command line, a door: one file for each group of verbs. Heavy rooms load when used."""
