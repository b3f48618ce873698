"""Calendars and durations: what "ten working days" means, for whom and where.

Pure: reads no clock, no file of ours and no database.
"""

from monitor.worktime.calendar import Calendar, cutoff
from monitor.worktime.durations import Duration, Unit
from monitor.worktime.pauses import paused_due, worked

__all__ = [
    "Calendar",
    "Duration",
    "Unit",
    "cutoff",
    "paused_due",
    "worked",
]
