"""The stewards' desk from the command line: `concord review` serves it.

Belongs here: handing settings and release to the desk. Does not: anything that a browser sees (`review`).
"""

from typing import Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail

HostOption = Annotated[str, typer.Option(help="The address to listen on; defaults to this machine only.")]
PortOption = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")]


def review(
    demo: Annotated[bool, typer.Option("--demo", help="Show the demo's release to demo users.")] = False,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Serve the stewards' desk until it is stopped."""
    from cli.desk_server import has_release, serve
    from cli.ledger_access import explain_ledger_errors
    from warehouse.server_url import LOOPBACK

    if demo and host not in LOOPBACK:
        fail("the demo is for this machine only: leave --host as it is", Exit.USAGE)
    if demo and not has_release(home):
        from cli.night import make_demo

        make_demo(home)
    with explain_ledger_errors():
        serve(home, host=host, port=port, is_demo=demo)
