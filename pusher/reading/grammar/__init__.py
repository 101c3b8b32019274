"""拆解: a policy's text becomes a draft rule, each condition with the clause that says it.

Three layers, each reading what the one below found:

1. **clauses** (`smoothing`, `outline`, `roles`, `clauses`): articles and lists as a tree; each sentence has a role —
   it asks, it shuts out, it defines, it grants, or it speaks of something else.
2. **phrases** (`phrases/*.toml`, and a file for each family that needs more than a table):
   words → a condition over the facts. A rule of the grammar carries two examples, and these
   are its tests.
3. **conditions** (`runs`, `sentence`, `speaking`, `drafting`): what a sentence says becomes all, any and not; what
   asks something and was not read goes to a person, with its quote.
"""
