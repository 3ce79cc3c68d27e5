from django.urls import path

from backpain_site.pages import held

from . import views
from .models import Article

app_name = "articles"


def placed(place: Article.Place):
    return held(views.PlacedArticle.as_view(place=place))


urlpatterns = [
    path("articles/", held(views.ArticleList.as_view()), name="list"),
    path("articles/<slug:slug>/", held(views.ArticlePage.as_view()), name="detail"),
    path("tools/", held(views.ToolList.as_view()), name="tools"),
    path("tools/<slug:slug>/", held(views.ToolPage.as_view()), name="tool"),
    path("yoga/", held(views.PoseList.as_view()), name="poses"),
    path("yoga/<slug:slug>/", held(views.PosePage.as_view()), name="pose"),
    path("safety/", placed(Article.Place.SAFETY), name="safety"),
    path("sources/", placed(Article.Place.SOURCES), name="sources"),
    path("about/", placed(Article.Place.ABOUT), name="about"),
    path("helper/", placed(Article.Place.HELPER), name="helper"),
    path("points/<str:slug>/helper/", held(views.PointSheet.as_view()), name="point_sheet"),
    path("routine/helper/", held(views.OwnSheet.as_view()), name="own_sheet"),
    path("routine/<slug:slug>/helper/", held(views.RoutineSheet.as_view()), name="routine_sheet"),
    path("about/corrections/", placed(Article.Place.CORRECTIONS), name="corrections"),
]
