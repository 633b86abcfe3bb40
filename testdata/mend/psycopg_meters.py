"""engine: postgresql. SQL as text on psycopg, and in text() of SQLAlchemy."""
import os

import psycopg
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

DSN = os.environ.get("STORE_DB", "postgresql://localhost/meters")
engine = create_engine(DSN.replace("postgresql://", "postgresql+psycopg://"))
app = FastAPI()

with psycopg.connect(DSN) as setup:
    setup.execute("CREATE TABLE IF NOT EXISTS meters (id SERIAL PRIMARY KEY, phase TEXT NOT NULL, units INT NOT NULL)")


def get_db():
    with Session(engine) as session:
        yield session


@app.post("/meters", status_code=201)
def create_meter():
    with psycopg.connect(DSN) as conn:
        row = conn.execute("INSERT INTO meters (phase, units) VALUES ('open', 5) RETURNING id").fetchone()
    return {"id": row[0], "phase": "open"}


@app.get("/meters/{meter_id}")
def read_meter(meter_id: int):
    with psycopg.connect(DSN) as conn:
        row = conn.execute("SELECT phase, units FROM meters WHERE id = %s", (meter_id,)).fetchone()
    return {"id": meter_id, "phase": row[0], "units": row[1]}


@app.post("/meters/{meter_id}/seal")
def seal_meter(meter_id: int):
    with psycopg.connect(DSN) as conn:
        with conn.cursor() as cur:
            cur.execute("SELECT phase FROM meters WHERE id = %s", (meter_id,))
            row = cur.fetchone()
            if row[0] == "sealed":
                raise HTTPException(409, "sealed already")
            cur.execute("UPDATE meters SET phase = 'sealed' WHERE id = %s", (meter_id,))
    return {"ok": True}


@app.post("/meters/{meter_id}/drain")
def drain_meter(meter_id: int, db: Session = Depends(get_db)):
    row = db.execute(text("SELECT units FROM meters WHERE id = :id"), {"id": meter_id}).mappings().one()
    if row["units"] < 5:
        raise HTTPException(409, "too little")
    db.execute(text("UPDATE meters SET units = units - 5 WHERE id = :id"), {"id": meter_id})
    db.commit()
    return {"ok": True}
