"""Signatures: signing, confirming, counting."""
