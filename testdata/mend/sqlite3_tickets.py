"""engine: sqlite. SQL as text on sqlite3."""
import os
import sqlite3

from fastapi import FastAPI, HTTPException

app = FastAPI()


def connect() -> sqlite3.Connection:
    conn = sqlite3.connect(os.environ["STORE_DB"])
    conn.row_factory = sqlite3.Row
    return conn


@app.post("/tickets", status_code=201)
def create_ticket():
    conn = connect()
    conn.execute("CREATE TABLE IF NOT EXISTS tickets (id INTEGER PRIMARY KEY, state TEXT NOT NULL, seats INTEGER NOT NULL, sold INTEGER NOT NULL)")
    made = conn.execute("INSERT INTO tickets (state, seats, sold) VALUES ('open', 1, 0)")
    conn.commit()
    return {"id": made.lastrowid, "state": "open"}


@app.get("/tickets/{ticket_id}")
def read_ticket(ticket_id: int):
    row = connect().execute("SELECT state, seats, sold FROM tickets WHERE id = ?", (ticket_id,)).fetchone()
    return {"id": ticket_id, "state": row["state"], "seats": row["seats"], "sold": row["sold"]}


@app.post("/tickets/{ticket_id}/use")
def use_ticket(ticket_id: int):
    conn = connect()
    row = conn.execute("SELECT state FROM tickets WHERE id = ?", (ticket_id,)).fetchone()
    if row["state"] != "open":
        raise HTTPException(409, "used already")
    conn.execute("UPDATE tickets SET state = 'used' WHERE id = ?", (ticket_id,))
    conn.commit()
    return {"ok": True}


@app.post("/tickets/{ticket_id}/sell")
def sell_ticket(ticket_id: int):
    conn = connect()
    row = conn.execute("SELECT seats FROM tickets WHERE id = :id", {"id": ticket_id}).fetchone()
    if row["seats"] < 1:
        raise HTTPException(409, "sold out")
    left = row["seats"] - 1
    conn.execute("UPDATE tickets SET seats = :left WHERE id = :id", {"left": left, "id": ticket_id})
    conn.commit()
    return {"ok": True}
