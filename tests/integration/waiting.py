"""Waiting for what a program does in its own time."""

import time

PATIENCE_SECONDS = 120


def await_value(what, condition, patience_seconds=PATIENCE_SECONDS, pause_seconds=0.02):
    """Polls until the condition gives something true, and gives that."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(pause_seconds)
    raise AssertionError("waited %d s in vain: %s" % (patience_seconds, what))
