"""Starts redis-server on a socket of a directory, prints its address, and ends it with standard input."""

import pathlib
import subprocess
import sys
import time

home = pathlib.Path(sys.argv[1])
home.mkdir()
socket = home / "redis.sock"
server = subprocess.Popen(
    ["redis-server", "--port", "0", "--unixsocket", str(socket), "--dir", str(home), "--save", "", "--appendonly", "no"],
    stdout=sys.stderr,
)
while not socket.exists() and server.poll() is None:
    time.sleep(0.05)
print(f"unix://{socket}", flush=True)
sys.stdin.read()
server.terminate()
server.wait()
