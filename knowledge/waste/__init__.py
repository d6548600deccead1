"""The sorting expert: which bin, or which other way, for a thing that somebody throws away."""
