"""The lines that our own mail servers accept (RELIABILITY 3.3, rule O)."""

import socket

from outreach.mail.listener import LocalMailServer


def test_no_answer_of_our_mail_server_waits_for_another_to_arrive() -> None:
    """Rule O: TCP_NODELAY is set on accepted lines; pipelined commands would otherwise cost 40 ms a letter."""
    with (
        LocalMailServer("127.0.0.1", 0, lambda _: None) as server,
        socket.create_connection(("127.0.0.1", server.port), 10) as line,
    ):
        assert line.recv(1000).startswith(b"220 ")
        (transport,) = server.transports
        accepted = transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
