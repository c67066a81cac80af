"""The file formats behind :mod:`zipreader.reading.images`, each one module."""

SUFFIXES = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".bmp", ".dib", ".webp", ".gif",
    ".pdf",
)  # fmt: skip
"""Endings of what is read where it lies in a folder; the content decides what it is."""
