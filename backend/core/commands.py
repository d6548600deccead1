"""What the project's manage.py commands share: help that ends with examples, laid out as written."""

from argparse import RawDescriptionHelpFormatter
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """A command that shows its `examples` under its options in `--help`."""

    examples: ClassVar[str] = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)
        parser.epilog = "examples:" + self.examples if self.examples else None
        return parser
