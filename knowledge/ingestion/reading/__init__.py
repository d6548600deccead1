"""Files as blocks of text: PDF, DOCX, HTML, Markdown and plain text, told apart by content.

A file from outside may be made to hurt whoever reads it, so it is read in a process of its own (`python -m
knowledge.ingestion.reading`), which knows neither Django nor the database and may take only so much time and memory.
Nothing in this package imports anything of the project but its own modules.
"""
