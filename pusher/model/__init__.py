"""The nouns of the route: fields, states, allowed moves. No queries."""
