"""The command line: typer and rich over the library, one module a command."""

from __future__ import annotations

import os
import sys

from zipreader.errors import ExitCode, ZipReaderError


def main() -> None:
    """Run the command; every failure is one line on stderr and an exit code."""
    sys.exit(_run())


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
    print(f"zipreader: {message}", file=sys.stderr)  # noqa: T201 - the one place for it
    return code


def _silence_stdout() -> None:
    """Point stdout away from the closed pipe, so that its flush at exit cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
