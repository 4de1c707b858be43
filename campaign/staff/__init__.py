"""The workspace under /staff/: an application of its own, so that public pages know no session."""
