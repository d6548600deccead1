"""Green acts: stations, award rules, caps, check-ins; each award says why, on what evidence, under which rule."""
