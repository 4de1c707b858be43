"""Outgoing mail: composing and sending. Knows nothing of signatures."""
