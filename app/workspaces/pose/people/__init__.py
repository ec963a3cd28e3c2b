"""Working through a set: who is in it, who is left, how it goes."""
