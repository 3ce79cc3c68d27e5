"""Who asks, as far as limits must know: the address a request comes from, and how often."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def address_of(request: HttpRequest) -> str:
    """Return the visitor's address; of an IPv6 one the network, which is one connection's.

    Each of `settings.TRUSTED_PROXIES` adds whom it heard to X-Forwarded-For. What stands further
    left is what the visitor claims.
    """
    heard = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        named = request.headers.get("X-Forwarded-For", "").split(",")
        if len(named) >= settings.TRUSTED_PROXIES:
            heard = named[-settings.TRUSTED_PROXIES].strip()
    try:
        address = ip_address(heard)
    except ValueError:
        return request.META.get("REMOTE_ADDR", "")
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False).network_address)


def too_many(request: HttpRequest, what: str, limit: int) -> bool:
    """Count this `what`; return whether its address made more than `limit` this minute."""
    # Who asked for what is nobody's to read in a file.
    key = f"{what}:{salted_hmac('visitors', address_of(request)).hexdigest()}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key) > limit
    except ValueError:  # The minute ended between the two lines.
        return False
