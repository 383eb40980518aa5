"""A line to the web server that stays open, for clients that live in one loop by the thousand."""

import asyncio
import contextlib


class Line:
    """One connection; asking on it again after it was closed opens a new one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, address: str, headers: dict[str, str], body: str = ""
    ) -> tuple[str, dict[str, str], bytes]:
        """Send a question and return status, headers (in small letters) and body."""
        await self.say(method, address, headers, body)
        return await self._hear()

    async def say(self, method: str, address: str, headers: dict[str, str], body: str = "") -> None:
        """Send a question, whoever may read the answer."""
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self.port)
        if body:
            headers = {**headers, "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._open[1].write(f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n{body}".encode())

    async def _hear(self) -> tuple[str, dict[str, str], bytes]:
        assert self._open is not None
        reader = self._open[0]
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
        told = {name.lower(): value for name, value in fields.items()}
        status = head[0].split(" ", 2)[1]
        content = b"" if status == "304" else await reader.readexactly(int(told.get("content-length", 0)))
        if told.get("connection", "").lower() == "close":
            await self.hang_up()
        return status, told, content

    def drop(self) -> None:
        """Lose the connection, with whatever was on its way."""
        if self._open is not None:
            self._open[1].transport.abort()
            self._open = None

    async def hang_up(self) -> None:
        """Close the connection."""
        if self._open is None:
            return
        (_, writer), self._open = self._open, None
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
