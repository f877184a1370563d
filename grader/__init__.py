"""A course on the inside of language models, and the grader that marks it."""
