"""A peer that speaks INSTREAM as ClamAV's daemon does, over real TCP, and knows one virus: EICAR's test file."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# In two pieces, so that no scanner takes this file for the thing itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
STREAM_LIMIT = 1024 * 1024


class _Daemon(socketserver.StreamRequestHandler):
    """Answers one question per connection."""

    def handle(self) -> None:
        """Read a stream of chunks, each with its length in front, until one of length nothing."""
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.seen.append(content)  # type: ignore[attr-defined]
        self.wfile.write(self.server.verdict(content) + b"\0")  # type: ignore[attr-defined]


def verdict(content: bytes) -> bytes:
    """Say what ClamAV says."""
    if len(content) > STREAM_LIMIT:
        return b"INSTREAM size limit exceeded. ERROR"
    return b"stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"stream: OK"


@contextmanager
def daemon(port: int = 0, answer=verdict) -> Iterator[socketserver.ThreadingTCPServer]:
    """Run the peer until the block ends; ``seen`` keeps what it was sent."""
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), _Daemon) as server:
        server.seen, server.verdict = [], answer  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
