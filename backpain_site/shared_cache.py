"""The cache that several processes share."""

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry


def or_alone(name: str):
    """Return the method `name` of a Redis cache that does with the process's own while it must."""

    def method(self, *args, **kwargs):
        try:
            return getattr(super(SharedCache, self), name)(*args, **kwargs)
        except RedisError:
            return getattr(self.own, name)(*args, **kwargs)

    return method


class SharedCache(RedisCache):
    """Redis; while it is away, at once, what this process remembers."""

    add, delete, get, incr, set = map(or_alone, ["add", "delete", "get", "incr", "set"])

    def __init__(self, server, params):
        patience = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}
        options = patience | {"retry": Retry(NoBackoff(), 0)} | params.get("OPTIONS", {})
        super().__init__(server, params | {"OPTIONS": options})
        self.own = LocMemCache("while Redis is away", {"MAX_ENTRIES": 10_000})
