"""A rush on one offer over the real HTTP stack, in a database of its own, beside what the machine could do at best."""
