"""`manage.py build_knowledge`: makes the corpus findable. Idempotent; seconds when nothing changed."""

from typing import Any

from django.core.management.base import BaseCommand

from backend.core import clock
from knowledge import services
from knowledge.management.progress import bar


class Command(BaseCommand):
    help = "Parse the corpus, embed what is new, build the index and let the new version serve."

    def handle(self, *args: Any, **options: Any) -> None:
        built = services.build(by="build_knowledge", now=clock.now(), progress=bar)
        state = "new version" if built.changed else "unchanged"
        self.stderr.write(f"knowledge: {state}, {built.passages} passages, {built.embedded} embedded")
