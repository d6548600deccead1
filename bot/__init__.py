"""The assistant: it reads, quotes and refuses; it cannot write outside its own conversations."""
