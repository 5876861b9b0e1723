"""Access rights to a population register."""

__version__ = "0.1.0"
