"""A wrapper around the driver takes statements and gives rows as dictionaries: one of them or None, one of a list, one by the cursor's names."""
import sqlite3

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class Database:
    def __init__(self, path: str):
        self.path = path

    def one(self, sql: str, params=()):
        with sqlite3.connect(self.path) as connection:
            connection.row_factory = sqlite3.Row
            row = connection.execute(sql, params).fetchone()
            return dict(row) if row else None

    def query(self, sql: str, params=(), one: bool = False):
        with sqlite3.connect(self.path) as connection:
            connection.row_factory = sqlite3.Row
            rows = [dict(row) for row in connection.execute(sql, params).fetchall()]
            return (rows[0] if rows else {}) if one else rows

    def named(self, sql: str, params=()):
        with sqlite3.connect(self.path) as connection:
            cursor = connection.execute(sql, params)
            columns = [column[0] for column in cursor.description]
            rows = [dict(zip(columns, row)) for row in cursor.fetchall()]
            return rows[0] if rows else None

    def run(self, sql: str, params=()) -> int:
        with sqlite3.connect(self.path) as connection:
            return connection.execute(sql, params).rowcount


class Kiln:
    def __init__(self, id: int, state: str, note: str = ""):
        self.id, self.state, self.note = id, state, note


class Shown(BaseModel):
    id: int
    state: str


db = Database("kilns.db")
app = FastAPI()


@app.post("/kilns/{id}/light")
def light(id: int):
    kiln = db.one("SELECT * FROM kilns WHERE id = ?", (id,))
    if kiln is None:
        raise HTTPException(404)
    if kiln["state"] != "cold":  # step MB107 check
        raise HTTPException(409)
    db.run("UPDATE kilns SET state = 'lit' WHERE id = ?", (id,))  # want MB107 "state"


@app.post("/kilns/{id}/cool")
def cool(id: int):
    kiln = db.query("SELECT * FROM kilns WHERE id = ?", (id,), one=True)
    if kiln["state"] != "lit":  # step MB107 check
        raise HTTPException(409)
    db.run("UPDATE kilns SET state = 'cold' WHERE id = ?", (id,))  # want MB107 "state"


@app.post("/kilns/{id}/load")
def load(id: int):
    kiln = db.named("SELECT * FROM kilns WHERE id = ?", (id,))
    if kiln["state"] != "cold":  # step MB107 check
        raise HTTPException(409)
    db.run("UPDATE kilns SET state = 'loaded' WHERE id = ?", (id,))  # want MB107 "state"


@app.post("/kilns/{id}/unload")
def unload(id: int):
    kiln = db.one("SELECT * FROM kilns WHERE id = ?", (id,))
    if not kiln or kiln["state"] != "loaded":
        raise HTTPException(409)
    if not db.run("UPDATE kilns SET state = 'cold' WHERE id = ? AND state = 'loaded'", (id,)):
        raise HTTPException(409)


@app.post("/kilns/{id}/bank")
def bank(id: int):
    kiln = Kiln(**db.one("SELECT * FROM kilns WHERE id = ?", (id,)))
    if kiln.state != "lit":  # step MB107 check
        raise HTTPException(409)
    db.run("UPDATE kilns SET state = 'banked' WHERE id = ?", (id,))  # want MB107 "state"


@app.post("/kilns/{id}/stoke")
def stoke(id: int):
    with sqlite3.connect(db.path) as connection:
        row = connection.execute("SELECT * FROM kilns WHERE id = ?", (id,)).fetchone()
    kiln = Shown.model_validate(dict(row))
    if kiln.state != "banked":  # step MB107 check
        raise HTTPException(409)
    db.run("UPDATE kilns SET state = 'lit' WHERE id = ?", (id,))  # want MB107 "state"


@app.post("/kilns/{id}/rake")
def rake(id: int):
    kiln = Kiln(**db.one("SELECT * FROM kilns WHERE id = ?", (id,)))
    if kiln.state != "banked" or not db.run("UPDATE kilns SET state = 'raked' WHERE id = ? AND state = 'banked'", (id,)):
        raise HTTPException(409)
