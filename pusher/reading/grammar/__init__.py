"""拆解: a policy's text becomes a draft rule, each condition with the clause that says it.

Four layers, each in a folder, each reading what the ones below found:

1. **documents** (`drafting`, `documents/`): the text is evened and laid out as a tree of articles
   and lists; each sentence has a role: it asks, it shuts out, it defines, it grants, or it speaks
   of something else. What the sentences say becomes one rule, made short.
2. **sentences** (`sentences/`): clauses, and what each asks or shuts out, joined by all, any and
   not; what asks something and was not read goes to a person, with its quote.
3. **records** (`records/`, `nouns/`): conditions over several fields of one record (a loan, an
   award, a home, somebody hired), read field by field in whatever order a text tells them.
4. **phrases** (`phrases/`: a module or a table for each family): words → one condition over the
   facts. A rule of the grammar carries two examples, and these are its tests.

`families` is what they all read in a sentence; `findings`, `joining` and `words` are the shapes
that pass between them.
"""
