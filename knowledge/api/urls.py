from django.urls import path

from knowledge.api.views import SortingView

urlpatterns = [path("sorting", SortingView.as_view())]
