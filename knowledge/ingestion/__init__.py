"""Pure readers: text in, passages and facts out. No rows, no settings, no network."""
