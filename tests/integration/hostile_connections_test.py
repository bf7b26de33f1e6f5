#!/usr/bin/env python3
"""Connections that mean harm to a real server: it goes on serving those that do not."""

import os
import resource
import socket
import subprocess
import tempfile
import unittest

import programs
from waiting import PATIENCE_SECONDS, await_value

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MANY = 300
OPEN_FILES = (64, 4096)  # that the server may have open, and that it may ask for
GARBAGE = [
    b"GET / HTTP/1.1\r\nHost: here\r\n\r\n",
    bytes(range(256)) * 64,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),  # a TLS hello
    PREFACE + b"\xff\xff\xff\x04\x00\x00\x00\x00\x00" + bytes(1000),  # a frame of 16 MiB
    PREFACE + b"\x00\x00\x04\x08\x00\x00\x00\x00\x00\x7f\xff\xff\xff" * 100,  # windows beyond their limit
    PREFACE + b"\x00\x00\x01\x01\x04\x00\x00\x00\x01\xff" * 1000,  # headers that cannot be decoded
]


class HostileConnectionsTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="moyo-hostile-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.sockets = []
        self.addCleanup(self.close_all)

    def start_server(self, open_files=None):
        games = os.path.join(self.folder, "games")
        os.mkdir(games)
        with open(os.path.join(games, "a.sgf"), "w", encoding="ascii") as file:
            file.write("(;GM[1]SZ[19];B[pd];W[dp])")
        self.run_dir = os.path.join(self.folder, "run")

        def limit():
            if open_files:
                resource.setrlimit(resource.RLIMIT_NOFILE, open_files)

        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.server = subprocess.Popen(
                [programs.program("moyo-server"), "--run-dir", self.run_dir, "--games", games,
                 "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=limit)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        address = await_value("the server listens", lambda: programs.address_of(self.run_dir, self.server))
        self.address = address
        host, port = address.rsplit(":", 1)
        self.place = (host, int(port))

    def connect(self, first_bytes):
        connection = socket.create_connection(self.place, PATIENCE_SECONDS)
        self.sockets.append(connection)
        connection.sendall(first_bytes)
        return connection

    def close_all(self):
        for connection in self.sockets:
            connection.close()
        self.sockets = []

    def is_served(self):
        self.assertIsNone(self.server.poll(), "the server ended")
        done = programs.run("moyo", "status", "--json", "--server", self.address, quiet=True)
        return done.returncode == 0

    @staticmethod
    def is_closed(connection):
        """Reads what comes until the other side ends the connection."""
        connection.settimeout(PATIENCE_SECONDS)
        try:
            while connection.recv(65536):
                pass
        except ConnectionError:
            pass
        return True

    def test_connections_that_dawdle_hold_nobody_up_and_are_closed(self):
        self.start_server()
        for i in range(MANY):
            self.connect(PREFACE[: i % 20])
        self.assertTrue(self.is_served())
        for connection in self.sockets:
            self.assertTrue(self.is_closed(connection))
        self.assertTrue(self.is_served())

    def test_bytes_of_no_protocol_end_their_connection_alone(self):
        self.start_server()
        for garbage in GARBAGE * 3:
            try:
                connection = self.connect(garbage)
                connection.shutdown(socket.SHUT_WR)
            except OSError:  # a reset, or, after it, ENOTCONN of shutdown
                continue  # closed already
            self.assertTrue(self.is_closed(connection))
        self.assertTrue(self.is_served())

    def test_more_connections_than_the_usual_number_of_open_files_are_served(self):
        self.start_server(OPEN_FILES)
        for _ in range(MANY):
            self.connect(PREFACE)
        self.assertTrue(self.is_served())


if __name__ == "__main__":
    programs.require("moyo-server", "moyo")
    unittest.main(verbosity=2)
