"""`manage.py ingest`: a file becomes a draft of the knowledge base; another person checks it at the console."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.core import commands as core
from backend.core.errors import Refusal
from backend.core.readiness import ensure_migrated
from knowledge import services
from knowledge.ingestion.composing import kind_of, screened, text_of, title_of
from knowledge.ingestion.files import MOST_FILE_BYTES, FileRead, read_file
from knowledge.ingestion.readback import in_words, read_back
from knowledge.types import About, Source


class Command(core.Command):
    help = "Bring a document in: DOCX, PDF with text, HTML, Markdown or plain text becomes a draft."
    examples = """
  manage.py ingest rules.docx --dry-run          what would be read, without a database
  manage.py ingest rules.docx --by 13800000005 --issuer 渝中区商务委 --issued-on 2026-09-01 \\
      --origin https://example.cn/rules --title 绿色商场认定办法
  manage.py ingest rules-2.docx --key mall-rules …   the next revision of what has that key
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="told by its content, not by its name")
        parser.add_argument("--dry-run", action="store_true", help="show what is read and keep nothing")
        parser.add_argument("--by", metavar="PHONE", help="the operator who brings it in; another one checks it")
        parser.add_argument("--issuer", help="who issued it")
        parser.add_argument("--issued-on", type=date.fromisoformat, metavar="DAY", help="when, as 2026-09-01")
        parser.add_argument("--origin", help="where it comes from: an address or a document number")
        parser.add_argument("--title", default="", help="taken from the text unless told")
        parser.add_argument("--short-title", default="", help="as answers name it")
        parser.add_argument("--key", default="", help="of the document that this is the next revision of")
        parser.add_argument("--effective-from", type=date.fromisoformat, metavar="DAY", help="its first day")
        parser.add_argument(
            "--effective-until", type=date.fromisoformat, metavar="DAY", help="the day it holds no more"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            read = _read(options["file"])
            if options["dry_run"]:
                self._show(read)
                return
            document = _draft(read, options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail('en')}") from refusal
        self.stdout.write(f"{document.pk} {document.key} revision {document.revision}: draft")

    def _show(self, read: FileRead) -> None:
        found = read_back(_source(read), read.warnings)
        self.stdout.write(f"{read.media_type}, {found.passages} passages")
        for section in found.outline:
            self.stdout.write(f"  {' › '.join(section.path)} ({section.sentences}) {'、'.join(section.units)}".rstrip())
        for target in found.targets:
            year = target.year or ""
            self.stdout.write(f"  = {target.subject} {target.bound}{target.value}{target.unit} {year}".rstrip())
        for warning in found.warnings:
            self.stdout.write(f"  ! {in_words(warning)}")


def _read(path: Path) -> FileRead:
    try:
        with path.open("rb") as file:
            return read_file(file.read(MOST_FILE_BYTES + 1))
    except OSError as wrong:
        raise CommandError(f"{path}: {wrong.strerror}") from wrong


def _source(read: FileRead) -> Source:
    """The file as the parser would take it, before anybody has said what it is."""
    blocks, _ = screened(read.blocks)
    kind, title = kind_of(blocks), title_of(blocks)
    text = text_of(blocks, kind)
    return Source("dry-run", title, title[:60], "", date.min, kind, "", "", read.sha256, text, ingested=True)


def _draft(read: FileRead, options: dict[str, Any]) -> Any:
    wanted = ("by", "issuer", "issued_on", "origin")
    if missing := [f"--{name.replace('_', '-')}" for name in wanted if not options[name]]:
        raise CommandError(f"{', '.join(missing)} must be told. See --help for examples.")
    named = {name: options[name] for name in About.__dataclass_fields__}
    ensure_migrated()
    with transaction.atomic(durable=True):
        return services.draft(
            by=_operator(options["by"]),
            read=read,
            about=About(**named),
            file_name=options["file"].name,
            now=clock.now(),
        )


def _operator(phone: str) -> User:
    person = accounts.person_by_phone(phone)
    if person is None or not person.has_role(Role.OPERATOR):
        raise CommandError("--by must be the telephone of an operator.")
    return person
