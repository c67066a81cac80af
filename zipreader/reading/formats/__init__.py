"""The file formats behind :mod:`zipreader.reading.images`, each one module."""
