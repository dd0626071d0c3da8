"""Mocks that are asked, by themselves and over HTTP."""

from __future__ import annotations

import pytest

from mock_odus.app import Server, create_app


@pytest.fixture(scope="session")
def mock():
    """The URL of the mock as it is."""
    server = Server(create_app())
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def other(tmp_path):
    """Serves another mock: with corrections, behind what an ASGI wrapper does. Tells its URL."""
    servers = []

    def serve(corrections=None, wrapped=lambda app: app, **options):
        file = None
        if corrections is not None:
            file = tmp_path / f"mine-{len(servers)}.yaml"
            file.write_text(corrections)
        servers.append(Server(wrapped(create_app(corrections=file, **options))))
        servers[-1].start()
        return servers[-1].url

    yield serve
    for server in servers:
        server.stop()
