"""Pure decisions about text: no rows, no clock, no settings, no files."""
