"""The socket that the server listens on."""

from __future__ import annotations

import errno
import socket

from queries.errors import RegisterError

LOOPBACK = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A bound socket on the loopback address; port 0 takes a free one.

    :raises RegisterError: ``port_taken`` or ``port_not_allowed``.
    """
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
        bound.listen(256)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise RegisterError("port_taken", port=str(port)) from error
        if error.errno in {errno.EACCES, errno.EPERM}:
            raise RegisterError("port_not_allowed", port=str(port)) from error
        raise
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound
