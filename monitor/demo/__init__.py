"""A hiring season played over a real database, for a first look on a fresh machine."""
