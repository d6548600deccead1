"""Statements as files: CSV and XLSX, the same bytes whenever they are made again."""

from campaigns.rendering.statements import content_of, csv_bytes, sha256_of, xlsx_bytes

__all__ = ["content_of", "csv_bytes", "sha256_of", "xlsx_bytes"]
