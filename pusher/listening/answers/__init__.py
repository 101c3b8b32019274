"""智慧问答: a question is answered from confirmed policies, in their own sentences, or declined."""
