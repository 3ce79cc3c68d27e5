from django.urls import path

from backpain_site.pages import held

from . import views

app_name = "points"

urlpatterns = [
    path("points/", held(views.PointList.as_view()), name="list"),
    path("points/<str:slug>/", held(views.PointPage.as_view()), name="detail"),
    path("routine/", held(views.Routine.as_view()), name="routine"),
    path("routine/<slug:slug>/", held(views.SuggestedRoutinePage.as_view()), name="suggested"),
    path("symptoms/", held(views.SymptomList.as_view()), name="symptoms"),
    path("symptoms/<slug:slug>/", held(views.SymptomPage.as_view()), name="symptom"),
    path("glossary/", held(views.GlossaryPage.as_view()), name="glossary"),
]
