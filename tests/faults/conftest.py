import pytest

from ..server import SiteServer


@pytest.fixture(scope="package")
def server(tmp_path_factory) -> SiteServer:
    """A site that these tests write into, one after the other."""
    with SiteServer(tmp_path_factory.mktemp("faults")) as server:
        yield server
