"""The stewards' desk from the command line: `concord review` serves it.

Belongs here: handing settings and release to the desk. Does not: anything that a browser sees (`review`).
"""

from typing import Annotated

import typer

from pipelines.options import DEFAULT_HOME, Exit, HomeOption, fail

HostOption = Annotated[str, typer.Option(help="The address to listen on; this machine alone unless told.")]
PortOption = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")]


def review(
    demo: Annotated[bool, typer.Option("--demo", help="Show the demo's release to demo users.")] = False,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Serve the stewards' desk until it is stopped."""
    from pipelines.desk import told_errors
    from pipelines.desk_server import has_release, serve
    from review.settings import LOOPBACK

    if demo and host not in LOOPBACK:
        fail("the demo is for this machine alone: leave --host as it is", Exit.USAGE)
    if demo and not has_release(home):
        from pipelines.cli import make_demo  # it imports this module

        make_demo(home)
    with told_errors():
        serve(home, host=host, port=port, is_demo=demo)
