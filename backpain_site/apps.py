from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    name = "backpain_site"
    verbose_name = "Site"


class DeskConfig(AdminConfig):
    default_site = "backpain_site.desk_site.DeskSite"
