"""Paper: leaflets, posters and the community worker's set, as PDF that is printed as it is."""
