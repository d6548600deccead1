"""Pure decisions of the assistant: what is asked, what answers it, when to say no."""
