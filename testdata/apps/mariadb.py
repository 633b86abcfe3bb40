"""Starts a MariaDB server in a directory, prints its address, and ends it with standard input.

mariadbd and mariadb-install-db must be on the PATH. As root the server runs as nobody.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time

import pymysql

directory = sys.argv[1]
os.makedirs(directory)
user = []
if os.getuid() == 0:
    user = ["--user=nobody"]
    nobody = pwd.getpwnam("nobody")
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
data, unix = f"{directory}/data", f"{directory}/s.sock"
install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"]
subprocess.run(install + user, check=True, stdout=subprocess.DEVNULL)
server = subprocess.Popen(
    [shutil.which("mariadbd"), "--no-defaults", f"--datadir={data}", f"--socket={unix}", "--bind-address=127.0.0.1", f"--port={port}",
     "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--skip-log-bin", "--innodb-lock-wait-timeout=10", *user],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)
try:
    for _ in range(200):
        try:
            connection = pymysql.connect(unix_socket=unix, user="root")
            break
        except pymysql.err.OperationalError:
            time.sleep(0.05)
    else:
        sys.exit("the MariaDB server did not answer within ten seconds")
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE truth")
        cursor.execute("CREATE USER truth@'127.0.0.1' IDENTIFIED BY 'truth'")
        cursor.execute("GRANT ALL ON truth.* TO truth@'127.0.0.1'")
    print(f"mysql+pymysql://truth:truth@127.0.0.1:{port}/truth", flush=True)
    sys.stdin.read()
finally:
    server.kill()
    server.wait()
