"""Pure decisions about throwing things away: words in, category out."""
