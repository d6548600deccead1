from django.urls import path

from knowledge.api import documents
from knowledge.api.views import SortingView

_ONE = "knowledge/documents/<uuid:document_id>"

urlpatterns = [
    path("sorting", SortingView.as_view()),
    path("knowledge/documents", documents.DocumentsView.as_view()),
    path("knowledge/drafts", documents.DraftsView.as_view()),
    path(f"{_ONE}/reading", documents.ReadingView.as_view()),
    path(f"{_ONE}/check", documents.CheckView.as_view()),
    path(f"{_ONE}/trial", documents.TryView.as_view()),
    path(f"{_ONE}/publish", documents.PublishView.as_view()),
    path(f"{_ONE}/discard", documents.DiscardView.as_view()),
    path(f"{_ONE}/withdraw", documents.WithdrawView.as_view()),
]
