"""The command line: typer and rich over the library, one module a command."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress

from zipreader.errors import ExitCode, ZipReaderError

_NO_ROOM = {
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EBADF")
    if hasattr(errno, name)
}
"""What a full or write-protected drive, or a closed stdout, answers, whoever wrote to it."""


def main() -> None:
    """Run the command; every failure is one line on stderr and an exit code."""
    _stand_in_for_closed_streams()
    _write_what_there_is_no_sign_for()
    code = _run()
    trouble = _flush()
    if trouble is not None and code != ExitCode.OUTPUT:  # which has told it already
        code = _fail(_full(trouble), ExitCode.OUTPUT)
    sys.exit(code)


def _stand_in_for_closed_streams() -> None:
    """Take the places of standard streams that are closed, before a scan or a database does.

    Nothing is read and nobody hears complaints; but what is written to stdout is a result, and
    fails as on a drive that is full.
    """
    if sys.stdin is None:
        sys.stdin = os.fdopen(_nowhere(os.O_RDONLY))
    if sys.stdout is None:
        sys.stdout = os.fdopen(_nowhere(os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(_nowhere(os.O_WRONLY), "w")


def _write_what_there_is_no_sign_for() -> None:
    """Let a terminal or file that knows no bullet, or no sign of a name, show a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _nowhere(way: int) -> int:
    """The null device under the lowest free number; workers have it too."""
    number = os.open(os.devnull, way)
    os.set_inheritable(number, True)
    return number


def _run() -> int:
    from zipreader.cli.app import app

    try:
        app()
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # typer turns it into an exit
            _silence_stdout()
            return ExitCode.OK
        return _status(stop.code)
    except ZipReaderError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("interrupted", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        _silence_stdout()
        return ExitCode.OK
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback for users
        if os.environ.get("ZIPREADER_DEBUG"):
            raise
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return _fail(_full(error), ExitCode.OUTPUT)
        cause = " ".join(str(error).split()) or "no message"
        return _fail(
            f"internal error: {type(error).__name__}: {cause} (ZIPREADER_DEBUG=1 shows where)",
            ExitCode.INTERNAL,
        )
    return ExitCode.OK


def _status(code: int | str | None) -> int:
    if isinstance(code, int):
        return code
    return ExitCode.OK if code is None else ExitCode.INTERNAL


def _fail(message: str, code: ExitCode) -> int:
    from zipreader.mailroom.work import one_line

    with suppress(OSError):  # where stderr is full too, the exit code tells
        print(f"zipreader: {one_line(message)}", file=sys.stderr)  # noqa: T201 - the one place
    return code


def _full(error: OSError) -> str:
    return f"{error.filename or 'the output'}: cannot be written ({error.strerror})"


def _flush() -> OSError | None:
    """What keeps the last of stdout from being written, if anything does; it is given up then."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
    except OSError as error:
        _silence_stdout()
        return error
    return None


def _silence_stdout() -> None:
    """Point stdout away from the closed pipe, so that its flush at exit cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
