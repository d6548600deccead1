from django.urls import path

from backend.purchases.api import occasions, purchases, registry

urlpatterns = [
    path("green/stores", registry.GreenStoresView.as_view()),
    path("green/products", registry.GoodsView.as_view()),
    path("green/products/<uuid:row_id>", registry.OneGoodsView.as_view()),
    path("green/certifications", registry.CertificationsView.as_view()),
    path("green/certifications/<uuid:row_id>", registry.CertificationView.as_view()),
    path("green/permits", registry.PermitsView.as_view()),
    path("green/permits/<uuid:row_id>", registry.PermitView.as_view()),
    path("stores/<uuid:store_id>/till-keys", registry.TillKeysView.as_view()),
    path("stores/<uuid:store_id>/till-keys/<str:key_id>", registry.TillKeyView.as_view()),
    path("receipts", purchases.ReceiptsView.as_view()),
    path("tills/receipts", purchases.TillReceiptsView.as_view()),
    path("tills/purchases/<uuid:receipt_id>/refunds", purchases.TillRefundsView.as_view()),
    path("purchases", purchases.PurchasesView.as_view()),
    path("purchases/at-counter", purchases.CounterPurchasesView.as_view()),
    path("purchases/<uuid:receipt_id>/refunds", purchases.RefundsView.as_view()),
    path("me/purchases", purchases.MyPurchasesView.as_view()),
    path("acts", purchases.ActsView.as_view()),
    path("occasions", occasions.OccasionsView.as_view()),
    path("occasions/attendances", occasions.AttendancesView.as_view()),
    path("occasions/<uuid:occasion_id>", occasions.OccasionView.as_view()),
    path("occasions/<uuid:occasion_id>/code", occasions.OccasionCodeView.as_view()),
]
