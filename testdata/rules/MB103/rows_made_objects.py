"""The driver makes an object of the row that it finds, or nothing of none."""
from dataclasses import dataclass

import psycopg
from fastapi import Depends, FastAPI, HTTPException
from psycopg.rows import class_row

app = FastAPI()


@dataclass
class Member:
    number: int
    card: str


def connection():
    with psycopg.connect("dbname=gym", row_factory=class_row(Member)) as conn:
        yield conn


@app.post("/members")
def join(card: str, conn: psycopg.Connection = Depends(connection)):
    found = conn.execute("SELECT number, card FROM members WHERE card = %s", [card]).fetchone()
    if found is not None:  # step MB103 check
        raise HTTPException(409)
    conn.execute("INSERT INTO members (card) VALUES (%s)", [card])  # want MB103 "members"
