"""What the assistant could not do goes to people: gaps, votes, tickets, and the lessons that operators draw."""
