"""The level that a connection is given after it was opened."""
import psycopg
import psycopg2
from fastapi import FastAPI, HTTPException
from psycopg2.extensions import ISOLATION_LEVEL_SERIALIZABLE

app = FastAPI()


def opened() -> psycopg.Connection:
    conn = psycopg.connect("dbname=toll")
    conn.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    return conn


def charge(tag: str, cents: int) -> None:
    with opened() as conn:
        left = conn.execute("SELECT cents FROM tags WHERE tag = %s", (tag,)).fetchone()[0]
        if left < cents:
            raise HTTPException(402)
        conn.execute("UPDATE tags SET cents = cents - %s WHERE tag = %s", (cents, tag))  # want MB118 "tags|retr"


@app.post("/tolls/{tag}")
def toll(tag: str, cents: int):
    charge(tag, cents)


def refund(tag: str, cents: int) -> None:
    conn = psycopg2.connect("dbname=toll")
    conn.set_session(isolation_level=ISOLATION_LEVEL_SERIALIZABLE)
    with conn, conn.cursor() as cur:
        cur.execute("SELECT paid FROM refunds WHERE tag = %s", (tag,))
        paid = cur.fetchone()[0]
        if paid + cents > 1000:
            raise HTTPException(409)
        cur.execute("UPDATE refunds SET paid = %s WHERE tag = %s", (paid + cents, tag))


@app.post("/refunds/{tag}")
def give_back(tag: str, cents: int):
    for _ in range(4):
        try:
            return refund(tag, cents)
        except psycopg2.errors.SerializationFailure:
            continue
    raise HTTPException(503)
