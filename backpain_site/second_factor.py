"""The second lock of the door: a code from a phone, for who set it up or must.

A session that only knows the password is nobody's, on every page, until the code is in.
"""

from base64 import b32encode

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import RedirectURLMixin, redirect_to_login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject, cached_property
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
# What the session calls the phone that it sets up.
PHONE = "second_factor_phone"


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
    """A code of `user`'s phone or a backup code; `device` says which took it."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": ""}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.device = user, None

    def devices(self, kind):
        return kind.objects.devices_for_user(self.user, confirmed=True)

    def clean(self):
        if self.errors:  # A code that is right would be used up.
            return
        code = "".join(self.cleaned_data["code"].split()).lower()
        kind = TOTPDevice if code.isdecimal() else StaticDevice
        with transaction.atomic():
            for device in self.devices(kind).select_for_update():
                if device.verify_token(code):
                    self.device = device
                    return
        self.add_error(
            "code",
            _("This code is not right, or was used before. Wait for the next one, then try again."),
        )


class FirstCodeForm(CodeForm):
    """The first code of the `phone` that is set up, and who sets it up knows the password.

    A session that was left open, or taken, is not enough to put another phone on an account.
    """

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": ""}),
    )
    # A code lasts half a minute.
    field_order = ["password", "code"]

    def __init__(self, *args, request, phone: TOTPDevice, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.phone = request, phone
        del self.fields["code"].widget.attrs["autofocus"]

    def devices(self, kind):
        return TOTPDevice.objects.filter(pk=self.phone.pk)

    def clean_password(self):
        """As at the door, with its limits."""
        password = self.cleaned_data["password"]
        found = authenticate(self.request, username=self.user.get_username(), password=password)
        if found != self.user:
            raise ValidationError(_("This is not your password."))
        return password


class SecondFactor(RedirectURLMixin, FormView):
    """Set up the phone, ask for its code, make new backup codes, or turn it all off."""

    template_name = "admin/second_factor.html"
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

    def get_form_class(self):
        return CodeForm if self.set_up else FirstCodeForm

    def get_form_kwargs(self):
        more = {} if self.set_up else {"request": self.request, "phone": self.phone}
        return super().get_form_kwargs() | {"user": self.user} | more

    @cached_property
    def phone(self) -> TOTPDevice:
        """The phone that is set up; its key is shown to this session only."""
        phones = TOTPDevice.objects.devices_for_user(self.user, confirmed=False)
        phone = phones.filter(pk=self.request.session.get(PHONE)).first()
        if phone is None:
            phone = TOTPDevice.objects.create(user=self.user, name="phone", confirmed=False)
            self.request.session[PHONE] = phone.pk
        return phone

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not self.set_up:
            address = self.phone.config_url
            picture = segno.make(address, error="m").svg_data_uri(scale=4, light="white")
            context |= {"picture": picture, "key": b32encode(self.phone.bin_key).decode()}
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
            TOTPDevice.objects.devices_for_user(self.user, confirmed=False).delete()
            del self.request.session[PHONE]
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
