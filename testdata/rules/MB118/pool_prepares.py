"""The level that a pool gives each of its connections."""
import psycopg
from fastapi import FastAPI, HTTPException
from psycopg.errors import SerializationFailure
from psycopg_pool import ConnectionPool

app = FastAPI()


def strict(conn: psycopg.Connection) -> None:
    conn.isolation_level = psycopg.IsolationLevel.SERIALIZABLE


pool = ConnectionPool("dbname=alley", configure=strict)


def book(lane: int, hour: int, team: str) -> None:
    with pool.connection() as conn:
        if conn.execute("SELECT 1 FROM bowls WHERE lane = %s AND hour = %s", (lane, hour)).fetchone():
            raise HTTPException(409)
        conn.execute("INSERT INTO bowls (lane, hour, team) VALUES (%s, %s, %s)", (lane, hour, team))  # want MB118 "bowls|retr"


@app.post("/lanes/{lane}/hours/{hour}")
def reserve(lane: int, hour: int, team: str):
    book(lane, hour, team)


def hire(shoe: int, team: str) -> None:
    with pool.connection() as conn:
        if conn.execute("SELECT 1 FROM hires WHERE shoe = %s", (shoe,)).fetchone():
            raise HTTPException(409)
        conn.execute("INSERT INTO hires (shoe, team) VALUES (%s, %s)", (shoe, team))


@app.post("/shoes/{shoe}")
def hire_shoe(shoe: int, team: str):
    for _ in range(5):
        try:
            return hire(shoe, team)
        except SerializationFailure:
            continue
    raise HTTPException(503)
