"""Svar's own state: alerts, transitions, notices, posts, people, runs."""

from sqlalchemy import Connection

from monitor.store.schema import Store, head

__all__ = ["Connection", "Store", "head"]
