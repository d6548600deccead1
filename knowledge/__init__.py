"""Documents and how to find the passage that answers: corpus, parser, index, retrieval."""
