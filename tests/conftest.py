"""Fixtures that any test may ask for; none is used without being asked for."""

pytest_plugins = ["tests.servers"]
