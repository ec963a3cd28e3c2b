"""Runs a verb and turns every way in which it can end into an exit code and at most one line on standard error."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable

from engine.errors import DeepSkelError

log = logging.getLogger(__name__)

INTERRUPTED = 130
READER_GONE = 141
UNEXPECTED = 1


def run(verb: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """The exit code of `verb(arguments)`."""
    try:
        status = verb(arguments)
        sys.stdout.flush()  # a reader that went away is noticed here and not at the interpreter's end
    except DeepSkelError as error:
        return _end(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _end("Interrupted.", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except MemoryError:
        return _end("There is not enough memory. Close other programs, or use a smaller photo.", UNEXPECTED)
    except Exception as error:  # the last line of defence: a script gets one line, the log gets everything
        log.exception("unexpected error")
        return _end(f"Something unexpected went wrong ({type(error).__name__}: {error}).", UNEXPECTED)
    return status


def _end(message: str, status: int) -> int:
    print(f"deepskel: {' '.join(message.split())}", file=sys.stderr)
    return status
