"""Cursors of one connection share its transaction; what ends is the connection's block, not the cursor's."""
from contextlib import contextmanager

import psycopg2.pool
import pymysql
from fastapi import FastAPI, HTTPException

pool = psycopg2.pool.SimpleConnectionPool(1, 8, "dbname=vet")
app = FastAPI()


@contextmanager
def transaction():
    conn = pool.getconn()
    try:
        with conn:
            yield conn
    finally:
        pool.putconn(conn)


@app.post("/visits/{visit_id}/bill")
def bill(visit_id: int):
    with transaction() as conn, conn.cursor() as cur:
        cur.execute("SELECT phase FROM visits WHERE id = %s", (visit_id,))  # step MB107 read
        found = cur.fetchone()
        if not found or found[0] != "examined":  # step MB107 check
            raise HTTPException(409)
        cur.execute("UPDATE visits SET phase = 'billed' WHERE id = %s", (visit_id,))  # want MB107 "phase"


@app.post("/visits/{visit_id}/close")
def close(visit_id: int):
    with transaction() as conn:
        with conn.cursor() as cur:
            cur.execute("SELECT phase FROM visits WHERE id = %s FOR UPDATE", (visit_id,))
            found = cur.fetchone()
        if not found or found[0] != "billed":
            raise HTTPException(409)
        with conn.cursor() as cur:
            cur.execute("UPDATE visits SET phase = 'closed' WHERE id = %s", (visit_id,))


@app.post("/leashes/{leash_id}/lend")
def lend(leash_id: int, owner: str):
    conn = pymysql.connect(host="db", db="vet", autocommit=True)
    cur = conn.cursor()
    cur.execute("SELECT state FROM leashes WHERE id = %s FOR UPDATE", (leash_id,))
    if cur.fetchone()[0] != "free":
        raise HTTPException(409)
    cur.execute("UPDATE leashes SET state = 'lent', owner = %s WHERE id = %s", (owner, leash_id))  # want MB107|MB110 "state|lock"
    conn.close()


@app.post("/crates/{crate_id}/lend")
def lend_crate(crate_id: int, owner: str):
    conn = pymysql.connect(host="db", db="vet")
    cur = conn.cursor()
    taken = cur.execute("UPDATE crates SET state = 'lent', owner = %s WHERE id = %s AND state = 'free'", (owner, crate_id))
    conn.commit()
    cur.close()
    if cur.rowcount == 0:
        raise HTTPException(409)
    return taken
