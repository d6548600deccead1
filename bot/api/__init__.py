"""The HTTP door of the assistant."""
