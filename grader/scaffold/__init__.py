"""A new course or assignment: the files an author starts from, which work as they are."""
