"""Svar's own state: alerts, notices and posts, people, runs, leases and replicas.

`tables` has all of them.
"""

from sqlalchemy import Connection

from monitor.store.schema import Store
from monitor.store.versions import head

__all__ = ["Connection", "Store", "head"]
