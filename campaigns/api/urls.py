from django.urls import path

from campaigns.api import views

urlpatterns = [
    path("campaigns", views.CampaignsView.as_view()),
    path("offers", views.OffersView.as_view()),
    path("offers/<uuid:offer_id>", views.OfferView.as_view()),
    path("offers/<uuid:offer_id>/claims", views.ClaimsView.as_view()),
    path("me/vouchers", views.VouchersView.as_view()),
    path("me/vouchers/<uuid:voucher_id>/code", views.VoucherCodeView.as_view()),
    path("redemptions", views.RedemptionsView.as_view()),
]
