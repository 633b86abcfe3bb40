"""A token is exchanged for another one in a transaction that takes SQLite's writer lock before it looks."""
import secrets
import sqlite3
from contextlib import contextmanager
from datetime import datetime

from fastapi import FastAPI, HTTPException

app = FastAPI()


@contextmanager
def connection():
    conn = sqlite3.connect("door.db")
    conn.row_factory = sqlite3.Row
    try:
        yield conn
        conn.commit()
    except Exception:
        conn.rollback()
        raise
    finally:
        conn.close()


def look_up(token: str):
    with connection() as conn:
        row = conn.execute("SELECT * FROM refresh_tokens WHERE token = ?", (token,)).fetchone()
        return dict(row) if row else None


def forget(token: str) -> bool:
    with connection() as conn:
        conn.execute("DELETE FROM refresh_tokens WHERE token = ?", (token,))
        return True


def exchange(token: str, new: str):
    with connection() as conn:
        conn.execute("BEGIN IMMEDIATE")
        row = conn.execute("SELECT * FROM refresh_tokens WHERE token = ?", (token,)).fetchone()
        if row is None:
            return None
        conn.execute("DELETE FROM refresh_tokens WHERE token = ?", (token,))
        conn.execute("INSERT INTO refresh_tokens (user_id, token) VALUES (?, ?)", (row["user_id"], new))
        return dict(row)


def renewed(token: str):
    found = look_up(token)
    if not found:
        return None
    if datetime.utcnow() > datetime.fromisoformat(found["expires"]):
        forget(token)
        return None
    new = secrets.token_urlsafe(32)
    if exchange(token, new) is None:
        return None
    return new


@app.post("/refresh")
def refresh(token: str):
    new = renewed(token)
    if not new:
        raise HTTPException(401)
    return {"token": new}


@app.post("/rotate")
def rotate(code: str):
    with connection() as conn:
        row = conn.execute("SELECT * FROM login_tokens WHERE code = ?", (code,)).fetchone()
        if row is None:  # want MB112 "goes on as if it had won"
            raise HTTPException(401)
        conn.execute("DELETE FROM login_tokens WHERE code = ?", (code,))
        conn.execute("INSERT INTO login_tokens (user_id, code) VALUES (?, ?)", (row["user_id"], secrets.token_hex()))
    return {}
