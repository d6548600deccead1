"""What happened to a person and why: messages to read, told live, and sent out to who asked for it."""
