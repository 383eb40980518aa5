"""Asks a ClamAV daemon about a file, in its INSTREAM protocol over TCP. No answer is never taken for a clean one."""

import socket
import struct
from typing import IO
from urllib.parse import urlsplit

CHUNK = 64 * 1024
PATIENCE = 60  # seconds for each word of the daemon
PORT = 3310


class ScannerError(Exception):
    """The daemon did not judge this file: it refused, or said what we do not understand."""


class ScannerDownError(ScannerError):
    """The daemon could not be reached, or went silent."""


def finding(url: str, content: IO[bytes]) -> str:
    """Return what the daemon at ``tcp://host:port`` found in a file: the name of a virus, or nothing ("").

    Raises:
        ScannerDownError: nobody is there. ScannerError: no verdict.
    """
    where = urlsplit(url)
    try:
        with socket.create_connection((where.hostname, where.port or PORT), timeout=PATIENCE) as line:
            line.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                line.sendall(struct.pack("!L", len(chunk)) + chunk)
            line.sendall(struct.pack("!L", 0))
            answer = _answer(line)
    except OSError as error:
        raise ScannerDownError(str(error)) from error
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")
    raise ScannerError(answer or "the daemon hung up without a word")


def _answer(line: socket.socket) -> str:
    said = b""
    while b"\0" not in said and (more := line.recv(4096)):
        said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
