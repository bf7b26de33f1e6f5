"""What can be done to a program under test: a page that its preloaded shim reads, and a network that fails."""

import asyncio
import errno
import mmap
import struct
import threading
import time

WRITE, SYNC, RENAME, UNLINK, SEND, READ = 1, 2, 3, 4, 5, 6
BEFORE, AFTER = 0, 1

# Places between two operations where a program is killed: (operation, when, part of the file's path, most of them
# that may pass before).
SERVER_POINTS = {
    "mid-upload": (WRITE, AFTER, ".npz.", 20),
    "after shard write, before publish": (RENAME, BEFORE, ".npz", 20),
    "after publish, before commit": (RENAME, AFTER, ".npz", 20),
    "mid-commit": (WRITE, AFTER, "moyo.db-wal", 120),
    "before the commit is on the disk": (SYNC, BEFORE, "moyo.db-wal", 40),
    "after commit, before acknowledgement": (SYNC, AFTER, "moyo.db-wal", 40),
    "mid-answer": (SEND, AFTER, "", 200),
    "while removing a shard": (UNLINK, AFTER, ".npz", 3),
    "mid-download": (READ, AFTER, ".npz", 60),
}
WORKER_POINTS = {
    "mid-spool": (WRITE, AFTER, ".npz.", 10),
    "shard spooled, commit not": (RENAME, AFTER, ".npz", 10),
    "commit spooled, nothing sent": (RENAME, AFTER, ".commit", 10),
    "mid-request": (SEND, AFTER, "", 80),
    "taken, still in the spool": (UNLINK, BEFORE, ".commit", 10),
    "taken, half out of the spool": (UNLINK, AFTER, ".commit", 10),
}
TRAINER_POINTS = {
    "mid-checkpoint": (WRITE, AFTER, "checkpoint", 30),
    "after checkpoint write, before publish": (RENAME, BEFORE, "", 4),
    "after checkpoint publish": (RENAME, AFTER, "", 4),
}


class Control:
    """The page that shim.cc reads; its layout is there."""

    LAYOUT = "=IIii48sq"
    COUNTDOWN_AT = struct.calcsize("=II")
    CLOCK_AT = struct.calcsize("=IIii48s")
    UNDER_WAY_SECONDS = 0.05

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.write(bytes(struct.calcsize(self.LAYOUT)))
        with open(path, "r+b") as file:
            self.page = mmap.mmap(file.fileno(), 0)

    def _set(self, operation=0, when=0, countdown=0, disk_errno=0, path_part=""):
        packed = struct.pack(self.LAYOUT, operation, when, countdown, disk_errno, path_part.encode(), 0)
        self.page[4 : self.CLOCK_AT] = packed[4 : self.CLOCK_AT]
        self.page[:4] = packed[:4]  # armed last

    def die_at(self, point, countdown):
        operation, when, path_part, _ = point
        self._set(operation, when, countdown, 0, path_part)

    def disarm(self):
        """Takes die_at back. True: too late, the program dies of it, though it may still look alive."""
        self.page[:4] = struct.pack("=I", 0)
        time.sleep(self.UNDER_WAY_SECONDS)  # for a thread that was in the middle of it
        (countdown,) = struct.unpack_from("=i", self.page, self.COUNTDOWN_AT)
        self.heal()
        return countdown <= 0

    def fill_disk(self):
        self._set(disk_errno=errno.ENOSPC)

    def make_read_only(self):
        self._set(disk_errno=errno.EROFS)

    def heal(self):
        self._set()

    def set_clock(self, offset_seconds):
        """Sets the program's wall clock off the true one; stays over what else is armed or healed."""
        self.page[self.CLOCK_AT :] = struct.pack("=q", int(offset_seconds * 1e9))


class Proxy:
    """A network of one worker: forwards bytes to the server, or not."""

    _loop = None

    def __init__(self, target_port, delay_seconds):
        self.target_port = target_port
        self.delay_seconds = delay_seconds
        self.refuses = False
        self.stalled = False
        self.writers = set()
        if Proxy._loop is None:
            Proxy._loop = asyncio.new_event_loop()
            threading.Thread(target=Proxy._loop.run_forever, daemon=True).start()
        self.server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]

    @staticmethod
    def _call(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, Proxy._loop).result(10)

    async def _serve(self, reader, writer):
        if self.refuses:
            writer.transport.abort()
            return
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        self.writers |= {writer, to_writer}
        await asyncio.gather(self._pump(reader, to_writer), self._pump(to_reader, writer))
        self.writers -= {writer, to_writer}
        writer.transport.abort()
        to_writer.transport.abort()

    async def _pump(self, reader, writer):
        try:
            while data := await reader.read(65536):
                await asyncio.sleep(self.delay_seconds)
                while self.stalled:
                    await asyncio.sleep(0.02)
                writer.write(data)
                await writer.drain()
            writer.write_eof()
        except (OSError, RuntimeError):  # RuntimeError: half-closed meanwhile
            writer.transport.abort()

    async def _cut(self):
        for writer in list(self.writers):
            writer.transport.abort()

    async def _half_close(self, chance):
        for writer in list(self.writers):
            if chance.random() < 0.5 and not writer.is_closing():
                try:
                    writer.write_eof()
                except OSError:  # closed by the other side meanwhile
                    writer.transport.abort()

    async def _close(self):
        self.server.close()

    def cut(self):
        self._call(self._cut())

    def half_close(self, chance):
        self._call(self._half_close(chance))

    def heal(self, delay_seconds):
        self.refuses = self.stalled = False
        self.delay_seconds = delay_seconds

    def close(self):
        self._call(self._close())
        self.cut()
