"""Articles: what leads a reader to a campaign."""
