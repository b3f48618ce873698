"""Notices -> text and blocks; everything from the database is escaped here."""

from monitor.messages import admin
from monitor.messages.blocks import Message, escape
from monitor.messages.digest import erased, render
from monitor.messages.lines import Line, Reader
from monitor.messages.single import single

__all__ = [
    "Line",
    "Message",
    "Reader",
    "admin",
    "erased",
    "escape",
    "render",
    "single",
]
