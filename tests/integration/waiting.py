"""Waiting for what a program does in its own time."""

import time

PATIENCE_SECONDS = 120


def await_value(what, condition):
    """Polls until the condition gives something true, and gives that."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("waited %d s in vain: %s" % (PATIENCE_SECONDS, what))
