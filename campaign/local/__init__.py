"""The embedded default: a private PostgreSQL and Valkey, and the launcher behind `campaign up`.

This package stands alone: it imports nothing else of Groundswell and nothing of Flask, so that
the servers can be run by the tests, the benchmarks and every command alike.
"""
