"""The editors' desk as a site: its door, and what every list and form of it does not choke on."""

from functools import wraps

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db import DataError
from django.urls import path
from django.views.decorators.cache import never_cache

from .door import locked, too_many_logins
from .second_factor import SecondFactor, lacks_code

# What the database, Python before it or a list of the desk says to values nobody can have meant.
MEANINGLESS = (OverflowError, DataError, FieldDoesNotExist, IncorrectLookupParameters)
# No filter needs these, and some patterns take a database hours.
REFUSED_LOOKUPS = {"iregex", "range", "regex"}


class Unflappable:
    """A ModelAdmin whose lists take no filter and no row that nobody can have meant."""

    def get_changelist_instance(self, request):
        try:
            return super().get_changelist_instance(request)
        except ValueError as error:  # Such as the year 0.
            raise IncorrectLookupParameters from error

    def lookup_allowed(self, lookup, value, request):
        refused = REFUSED_LOOKUPS.intersection(lookup.split("__"))
        return not refused and super().lookup_allowed(lookup, value, request)

    def response_action(self, request, queryset):
        try:
            for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(chosen, None)
        except ValidationError as error:
            raise BadRequest("No row has this number.") from error
        return super().response_action(request, queryset)


class SetUpByItsOwner:
    """What opens the second lock: who may see it may take it away, and nobody gives it."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class DeskSite(admin.AdminSite):
    def register(self, model_or_iterable, admin_class=None, **options):
        """Register with what is true of every list, those of libraries too."""
        admin_class = admin_class or admin.ModelAdmin
        bases = [Unflappable, admin_class]
        if admin_class.__module__.startswith("django_otp."):
            bases.insert(0, SetUpByItsOwner)
        admin_class = type(admin_class.__name__, tuple(bases), {})
        super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view, cacheable=False):
        @wraps(view)
        def careful(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except MEANINGLESS as error:
                raise BadRequest("The address or a field holds what cannot be.") from error

        return super().admin_view(careful, cacheable)

    def get_urls(self):
        view = never_cache(SecondFactor.as_view())
        return [path("second-factor/", view, name="second_factor"), *super().get_urls()]

    def login(self, request, extra_context=None):
        if too_many_logins(request):
            return locked(request, minutes=1)
        if lacks_code(request.with_password):
            return redirect_to_login(request.GET.get("next", ""), "admin:second_factor")
        return super().login(request, extra_context)
