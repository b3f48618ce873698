"""Svar."""
