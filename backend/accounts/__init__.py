"""People: residents, attendants, counters, operators; login by SMS code; sessions; roles as grants."""
