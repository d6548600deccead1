"""Pure decisions: what an event, a scan, a count of steps or a declared trip is worth looking at."""
