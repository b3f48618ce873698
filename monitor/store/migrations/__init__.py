"""How the state came to its present shape, step by step (Alembic)."""
