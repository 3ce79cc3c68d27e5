"""Whose address limits count, behind proxies and without."""

import pytest
from django.test import RequestFactory

from backpain_site import visitors

PROXY, READER, OTHER = "10.0.0.1", "198.51.100.7", "203.0.113.9"


def address(peer=PROXY, **headers) -> str:
    return visitors.address_of(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, READER, PROXY),
        (1, READER, READER),
        (1, f"{OTHER}, {READER}", READER),
        (2, f"{OTHER}, {READER}, 10.0.0.2", READER),
        (1, "", PROXY),
        (2, READER, PROXY),
        (1, "unknown", PROXY),
        (1, "9" * 40, PROXY),
        (1, "::ffff:198.51.100.7", READER),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ],
)
def test_only_what_a_trusted_proxy_heard_counts(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert address(x_forwarded_for=forwarded) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "statuses"), [(0, [200, 429]), (1, [200, 200])])
def test_readers_behind_a_proxy_have_a_limit_each(client, settings, proxies, statuses):
    settings.SEARCH_RATE_LIMIT, settings.TRUSTED_PROXIES = 1, proxies
    visitors.cache.clear()
    answers = [
        client.get("/search/?q=back", headers={"x-forwarded-for": reader})
        for reader in (READER, OTHER)
    ]
    assert [answer.status_code for answer in answers] == statuses


class TestWithoutTheSharedCache:
    """Redis is away: limits count in the process, and nobody waits for it."""

    @pytest.fixture(autouse=True)
    def cache_that_is_away(self, settings):
        settings.CACHES = {
            "default": {
                "BACKEND": "backpain_site.shared_cache.SharedCache",
                "LOCATION": "redis://127.0.0.1:1/0",
            }
        }

    @pytest.mark.django_db
    def test_searches_are_answered_and_still_limited(self, client, settings):
        settings.SEARCH_RATE_LIMIT = 2
        answers = [client.get("/search/?q=sciatica") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 'data-point-code="' in answers[0].content.decode()

    def test_values_are_kept_meanwhile(self):
        visitors.cache.set("import", b"rows")
        assert visitors.cache.get("import") == b"rows"
        visitors.cache.delete("import")
        assert visitors.cache.get("import") is None
