"""Notices -> text and blocks; everything from the database is escaped here."""

from monitor.messages.blocks import Message, escape
from monitor.messages.digest import Line, Reader, line, render

__all__ = ["Line", "Message", "Reader", "escape", "line", "render"]
