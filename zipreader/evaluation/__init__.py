"""How well mail is read: rates with intervals, curves, misses by stage, and the report."""
