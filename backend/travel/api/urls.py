from django.urls import path

from backend.travel.api import feed, links, partners, routes, trips

urlpatterns = [
    path("partners", partners.PartnersView.as_view()),
    path("partners/<slug:code>/keys", partners.KeysView.as_view()),
    path("partners/<slug:code>/keys/<slug:key_id>", partners.KeyView.as_view()),
    path("partners/<slug:code>/events", feed.EventsView.as_view()),
    path("routes", routes.RoutesView.as_view()),
    path("routes/<uuid:route_id>", routes.RouteView.as_view()),
    path("routes/<uuid:route_id>/heads/<uuid:head_id>/poster", routes.PosterView.as_view()),
    path("trips", trips.TripsView.as_view()),
    path("me/steps", trips.StepsView.as_view()),
    path("me/steps/wechat", trips.WeChatStepsView.as_view()),
    path("me/travel", trips.TodayView.as_view()),
    path("me/links", links.LinksView.as_view()),
    path("me/links/<slug:kind>", links.LinkView.as_view()),
]
