"""``zipreader serve``: the keying station, the dashboard and the HTTP API."""

from __future__ import annotations

import signal
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import stderr
from zipreader.cli.desk import AuditOption, DatabaseOption, DoubleOption, LeaseOption, make_rules
from zipreader.cli.options import CalibrationOption, MaxErrorOption, ModelOption, reader_spec
from zipreader.errors import MissingExtraError, OutputError, UsageError

if TYPE_CHECKING:
    from zipreader.reading.spec import ReaderSpec

_LOCAL = {"127.0.0.1", "localhost", "::1"}
_SHORTEST_TOKEN = 16
_MIB = 1024 * 1024


def serve(
    db: DatabaseOption,
    host: Annotated[
        str, typer.Option(help="Address to listen at; others than this machine's need a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="ZIPREADER_TOKEN",
            show_envvar=True,
            help="What everybody must know who uses the server, at least 16 characters.",
        ),
    ] = None,
    double: DoubleOption = False,
    audit: AuditOption = "0%",
    lease: LeaseOption = 120.0,
    workers: Annotated[int, typer.Option(min=1, help="Processes that read for the API.")] = 1,
    waiting: Annotated[
        int, typer.Option(min=0, help="Images that may wait for them; more get a 503.")
    ] = 16,
    max_mib: Annotated[int, typer.Option(min=1, help="Largest image for the API.")] = 32,
    read_seconds: Annotated[
        float, typer.Option(min=0.1, help="Time in which a page must be read.")
    ] = 60.0,
    max_error: MaxErrorOption = None,
    calibration: CalibrationOption = None,
    model: ModelOption = None,
) -> None:
    """Serve the keying station, the dashboard and the HTTP API.

    Only this machine can call it, unless --host says otherwise; then everybody
    needs the token, and a proxy in front should add TLS.  Ctrl-C ends it.

    [bold]Example:[/bold]  zipreader serve --db mail.db --audit 2%
    """
    try:
        import uvicorn

        from zipreader.web.app import make_app
    except ImportError as error:
        raise MissingExtraError("The server", "web") from error
    from zipreader.mailroom.store import Store
    from zipreader.web.config import ApiConfig, WebConfig

    here = host in _LOCAL
    _check_token(token, here)
    spec = reader_spec(model, calibration, max_error, None)
    promises = _promises(spec)
    Store.open(db, create=False).close()
    config = WebConfig(
        db,
        make_rules(double, audit, lease),
        spec,
        ApiConfig(workers, waiting, max_mib * _MIB, read_seconds=read_seconds),
        token,
        # A token is asked for under any name, so that a proxy may pass on its own.
        WebConfig(db).hosts if token is None else frozenset(),
    )
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(config, promises),
            host,
            port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    with _listening(host, port) as listener, suppress(KeyboardInterrupt):
        where = f"[{host}]" if ":" in host else host
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as with Ctrl-C
        address = f"http://{where}:{listener.getsockname()[1]}"
        stderr().print(f"{address}  (Ctrl-C ends)", markup=False)
        server.run([listener])


def _check_token(token: str | None, here: bool) -> None:
    """Refuse a server that strangers could use."""
    if token is not None and len(token) < _SHORTEST_TOKEN:
        raise UsageError(f"the token must have at least {_SHORTEST_TOKEN} characters")
    if token is None and not here:
        raise UsageError("a --host that others can call needs a --token (or ZIPREADER_TOKEN)")


def _promises(spec: ReaderSpec) -> dict[float, float]:
    """What each threshold promises, as records round it; also checks the reader's options."""
    reader = spec.open()
    return {
        round(certificate.threshold, 4): certificate.alpha
        for certificate in reader.calibration.certificates
    }


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise OutputError(f"{host}:{port}: cannot be listened at ({error.strerror})") from error
