"""Content files: Markdown with front matter, read strictly, and Markdown made into safe HTML."""
