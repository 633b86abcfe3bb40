"""Starts the PostgreSQL of the pgserver wheel in a directory, prints its address, and ends it with standard input."""

import sys

import pgserver

server = pgserver.get_server(sys.argv[1], cleanup_mode="stop")
for name in sys.argv[2:]:
    server.psql(f"CREATE DATABASE {name}")
print(server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
