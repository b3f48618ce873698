"""Svar's own state: alerts, transitions, notices, posts, people, runs."""

from monitor.store.schema import Store, head

__all__ = ["Store", "head"]
