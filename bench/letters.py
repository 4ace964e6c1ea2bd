"""Letters a second: rendering, composing, and handing them to a mail server on this machine.

    python -m bench.letters [--seconds 3] [--begin-ms 0]

The sink is a process of its own that speaks ESMTP with PIPELINING and throws every letter away after counting it.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from outreach.mail.bytecheck import faults
from outreach.mail.compose import compose
from outreach.mail.letters import Address, Letter
from outreach.mail.library import RenderedLetter, render_letter, shipped, shipped_includes
from outreach.mail.smtp import Envelope, SmtpLink
from outreach.mail.tracking import wrap

FIELDS = {
    "first_name": "Åsa",
    "topic": {"title": "a solar roof", "paragraph": "A roof of 60 m² carries about 12 kWp.", "question": "how large?"},
    "owner": {"name": "Maja Lind", "phone": "+46 8 555 01 00", "booking_link": "https://nordic.example/book"},
    "brand": {"name": "Nordic Roofs", "color": "#7a3b1d", "postal_address": "Storgatan 1, Stockholm"},
    "unsubscribe_url": "https://nordic.example/u/k7k2tq",
    "asked_on": "4 March",
    "issue": {
        "title": "March",
        "intro": "Spring is here. " * 12,
        "items": [
            {"title": f"Part {n}", "text": "Something useful. " * 40, "url": f"https://x.example/{n}"} for n in range(9)
        ],
    },
}


class Sink(asyncio.Protocol):
    """As little of a mail server as a client can talk to, as fast as Python can."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer, self.inside = transport, b"", False
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        answers = []
        while True:
            end, skip = (self.buffer.find(b"\r\n.\r\n"), 5) if self.inside else (self.buffer.find(b"\r\n"), 2)
            if end < 0:
                break
            line, self.buffer = self.buffer[:end], self.buffer[end + skip :]
            answers.append(b"250 2.0.0 ok: queued as SINK1\r\n" if self.inside else self.answer(line[:4].upper()))
            self.inside = not self.inside and line[:4].upper() == b"DATA"
        if answers:
            self.transport.write(b"".join(answers))

    def answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 40000000\r\n"
        return b"354 go on\r\n" if verb == b"DATA" else b"250 2.1.0 ok\r\n"


def serve(pipe: Connection) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(main())


def rate(work: Callable[[int], object], seconds: float) -> float:
    """Rounds a second, after a short warm-up."""
    for number in range(20):
        work(number)
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        work(done)
        done += 1
    return done / (time.perf_counter() - start)


def letter(done: RenderedLetter, number: int) -> Letter:
    return Letter(
        message_id=f"<e{number}.s1.k7k2tq@nordic.example>",
        date=datetime.now(UTC),
        sender=Address("Maja Lind", "maja@nordic.example"),
        to=Address("Åsa Öberg", f"asa{number}@kund.example"),
        reply_to=f"r+k7k2tq{number}@reply.nordic.example",
        subject=done.subject,
        html=done.html,
        text=done.text,
        unsubscribe_url="https://nordic.example/u/k7k2tq",
        unsubscribe_mailto="u+k7k2tq@reply.nordic.example",
    )


def whole(key: str, number: int) -> bytes:
    """One letter as the system makes it: render, lead the links, compose."""
    done = render_letter(shipped(key), {**FIELDS, "first_name": f"Åsa {number}"}, shipped_includes())
    html, text = wrap(done.html, done.text, lambda link: f"https://nordic.example/c/k7k2tq/{number}")
    return compose(letter(RenderedLetter(done.subject, html, text), number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--begin-ms", type=float, default=0.0, help="time that the last look at the database takes")
    options = parser.parse_args()
    near, far = multiprocessing.Pipe()
    sink = multiprocessing.Process(target=serve, args=(far,), daemon=True)
    sink.start()
    link = SmtpLink(f"smtp://127.0.0.1:{near.recv()}")

    def begin() -> bool:
        if options.begin_ms:
            time.sleep(options.begin_ms / 1000)
        return True

    def hand_in(raw: bytes, number: int) -> None:
        answer = link.send(
            Envelope("b+k7k2tq@bounce.nordic.example", f"asa{number}@kund.example", len(raw)), raw, begin
        )
        assert answer.kind == "accepted", answer

    print(f"{'letter':<18}{'size kB':>9}{'render/s':>10}{'compose/s':>11}{'hand in/s':>11}{'all/s':>9}")
    for key in ("instant-answer", "educational-01", "newsletter"):
        done = render_letter(shipped(key), FIELDS, shipped_includes())
        raw = whole(key, 0)
        assert faults(raw) == [], faults(raw)
        render = rate(lambda n, key=key: render_letter(shipped(key), FIELDS, shipped_includes()), options.seconds)  # type: ignore[misc]
        made = rate(lambda n, done=done: compose(letter(done, n)), options.seconds)  # type: ignore[misc]
        handed = rate(lambda n, raw=raw: hand_in(raw, n), options.seconds)  # type: ignore[misc]
        both = rate(lambda n, key=key: hand_in(whole(key, n), n), options.seconds)  # type: ignore[misc]
        print(f"{key:<18}{len(raw) / 1024:>9.1f}{render:>10.0f}{made:>11.0f}{handed:>11.0f}{both:>9.0f}")
    link.close()
    sink.terminate()


if __name__ == "__main__":
    main()
