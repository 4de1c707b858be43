"""Typesetting: data and a Typst source in, a PDF out, each document in a process of its own."""
