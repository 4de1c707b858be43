"""Typesetting."""
