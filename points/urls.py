from django.urls import path

from . import views

app_name = "points"

urlpatterns = [
    path("points/", views.PointList.as_view(), name="list"),
    path("points/<str:slug>/", views.PointPage.as_view(), name="detail"),
    path("routine/", views.Routine.as_view(), name="routine"),
    path("glossary/", views.GlossaryPage.as_view(), name="glossary"),
    path("symptoms/", views.SymptomList.as_view(), name="symptoms"),
    path("symptoms/<slug:slug>/", views.SymptomPage.as_view(), name="symptom"),
]
