"""Pure decisions: what fits on a scale, which events come next, when a slot is open, when a crowd is believed."""
