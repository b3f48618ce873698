"""The outbox as tables: what is owed, whose turn it is, and the posts that carry it."""
