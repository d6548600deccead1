"""What an award is judged by: its doubts in words, and its photo, at which each look is written down."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from backend.core import clock
from backend.core.errors import NotFound
from backend.earning import rules
from backend.earning import services as earning
from backend.earning.errors import PhotoGone
from backend.earning.models import Award, Photo
from backend.earning.queries import evidence as reads
from backend.ops.console.verbs import Facts


def facts(award: Award | None, now: datetime) -> Facts:
    """Nothing where an appeal is about no award."""
    if award is None:
        return
    yield "说明", award.why_zh
    for doubt in award.doubts:
        yield "疑点", rules.words(doubt)[0]
    photo = getattr(award, "photo", None)
    if photo is not None:
        address = reverse("console:earning_award_photo", args=[award.pk])
        yield "照片", format_html('<img src="{}" alt="居民提交的照片">', address)
        yield "与之相似的照片", f"{len(reads.alike(photo))} 张"


def photo_page(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """The photo of an award, for an operator's eyes and no browser's memory."""
    photo = Photo.objects.filter(award=award_id).first()
    if photo is None:
        raise Http404
    by: Any = request.user
    try:
        with transaction.atomic(durable=True):
            found = earning.look_at_photo(by=by, photo_id=photo.pk, now=clock.now())
        jpeg = earning.read_file(found)
    except (NotFound, PhotoGone):
        raise Http404 from None
    return HttpResponse(jpeg, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
