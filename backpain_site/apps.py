from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "backpain_site"
    verbose_name = "Site"
