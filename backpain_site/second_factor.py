"""The second lock of the door: a code from a phone, for who set it up or must.

A session that only knows the password is nobody's, on every page, until the code is in.
"""

from base64 import b32encode

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import RedirectURLMixin, redirect_to_login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from django_otp import devices_for_user
from django_otp import login as remember
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from .door import locked, logger
from .visitors import too_many

BACKUP_CODES = 10
# Codes a minute an address; each device also waits longer after every wrong one.
CODE_RATE_LIMIT = 10


class SecondFactorMiddleware:
    """Make a user nobody while the code is missing; `request.with_password` knows who it is."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.with_password = request.user
        request.user = SimpleLazyObject(lambda: AnonymousUser() if lacks_code(user) else user)
        return self.get_response(request)


def lacks_code(user) -> bool:
    if not user.is_authenticated or user.is_verified():
        return False
    return settings.REQUIRE_SECOND_FACTOR or is_set_up(user)


def is_set_up(user) -> bool:
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).exists()


def new_backup_codes(user) -> list[str]:
    """Return codes that each open the door once, in place of those before."""
    StaticDevice.objects.devices_for_user(user).delete()
    device = StaticDevice.objects.create(user=user, name="backup")
    codes = [StaticToken.random_token() for _ in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


class CodeForm(forms.Form):
    """A code of `user`'s phone or a backup code; `device` says which took it.

    Before the phone was `confirmed` by a first code, that of its own.
    """

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": ""}),
    )

    def __init__(self, *args, user, confirmed: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.confirmed, self.device = user, confirmed, None

    def clean_code(self):
        code = "".join(self.cleaned_data["code"].split()).lower()
        kind = TOTPDevice if code.isdecimal() else StaticDevice
        with transaction.atomic():
            devices = kind.objects.devices_for_user(self.user, confirmed=self.confirmed)
            for device in devices.select_for_update():
                if device.verify_token(code):
                    self.device = device
                    return code
        raise ValidationError(
            _("This code is not right, or was used before. Wait for the next one, then try again.")
        )


class SecondFactor(RedirectURLMixin, FormView):
    """Set up the phone, ask for its code, make new backup codes, or turn it all off."""

    template_name = "admin/second_factor.html"
    form_class = CodeForm
    next_page = "admin:index"

    def dispatch(self, request, *args, **kwargs):
        self.user = request.with_password
        if not (self.user.is_active and self.user.is_staff):
            return redirect_to_login(request.get_full_path(), "admin:login")
        self.set_up = is_set_up(self.user)
        if request.method == "POST" and too_many(request, "codes", CODE_RATE_LIMIT):
            return locked(request, minutes=1)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if "leave" in request.POST:
            logout(request)
            return redirect("admin:login")
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.user, "confirmed": self.set_up}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not self.set_up:
            device, _created = TOTPDevice.objects.get_or_create(
                user=self.user, confirmed=False, defaults={"name": "phone"}
            )
            picture = segno.make(device.config_url, error="m").svg_data_uri(scale=4, light="white")
            context |= {"picture": picture, "key": b32encode(device.bin_key).decode()}
        context |= {"set_up": self.set_up, "required": settings.REQUIRE_SECOND_FACTOR}
        return admin.site.each_context(self.request) | {"title": _("Second factor")} | context

    def form_valid(self, form):
        if self.set_up and "off" in self.request.POST and not settings.REQUIRE_SECOND_FACTOR:
            for device in devices_for_user(self.user, confirmed=None):
                device.delete()
            logger.info("Second factor turned off: %r", self.user.get_username())
            messages.success(self.request, _("The password alone opens the desk now."))
            return redirect("admin:index")
        if not self.set_up:
            form.device.confirmed = True
            form.device.save()
            logger.info("Second factor set up: %r", self.user.get_username())
        self.request.user = self.user
        self.request.session.cycle_key()
        remember(self.request, form.device)
        if self.set_up and "codes" not in self.request.POST:
            return super().form_valid(form)
        return self.render_to_response(
            admin.site.each_context(self.request)
            | {"title": _("Backup codes"), "codes": new_backup_codes(self.user)}
            | {"next_url": self.get_success_url()}
        )

    def form_invalid(self, form):
        logger.warning("Second factor refused: %r", self.user.get_username())
        return super().form_invalid(form)
