from django.urls import path

from backend.seal.api import views

urlpatterns = [
    path("open-data/checkpoints", views.CheckpointsView.as_view()),
    path("open-data/checkpoints/latest", views.LatestCheckpointView.as_view()),
    path("open-data/checkpoints/<int:size>/consistency", views.ConsistencyView.as_view()),
    path("open-data/keys", views.KeysView.as_view()),
    path("me/points/entries/<int:entry_id>/proof", views.EntryProofView.as_view()),
]
