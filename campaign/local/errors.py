"""What can go wrong with the embedded servers. Every message is one line for a person to read."""


class LocalError(Exception):
    """The base of all errors raised in this package."""


class NoBinariesError(LocalError):
    """No usable PostgreSQL or Valkey was found on this machine."""


class DataFolderInUseError(LocalError):
    """Another process holds the data folder."""


class PortInUseError(LocalError):
    """The port asked for cannot be listened on."""


class ServerError(LocalError):
    """A server did not start, or its data cannot be used."""
