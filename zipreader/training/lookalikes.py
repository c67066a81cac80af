"""Letters and signs that may look like a digit in somebody's hand or face."""

from __future__ import annotations

LOOK_ALIKES = frozenset("OoDQIl|i!/\\()[]{}jJSsZzBbgqGyY,'`;?&.>")
"""Neither trained as not-a-digit nor counted when wrong acceptances are measured."""
