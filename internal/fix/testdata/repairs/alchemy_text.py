"""SQL as text() in a session of SQLAlchemy."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

engine = create_engine("postgresql+psycopg://localhost/wells")
app = FastAPI()


def get_db():
    with Session(engine) as session:
        yield session


@app.post("/wells/{well_id}/pump")
def pump(well_id: int, amount: int, db: Session = Depends(get_db)):
    row = db.execute(text("SELECT volume FROM wells WHERE id = :id"), {"id": well_id}).mappings().one()
    if row["volume"] < amount:
        raise HTTPException(409, 'dry')
    db.execute(text('UPDATE wells SET volume = volume - :amount WHERE id = :id'), {"amount": amount, "id": well_id})
    db.commit()


@app.post("/wells/{well_id}/close")
def close(well_id: int, db: Session = Depends(get_db)):
    row = db.execute(text("SELECT state FROM wells WHERE id = :id"), {"id": well_id}).mappings().one()
    if row["state"] != "open":
        raise HTTPException(409)
    db.execute(text('UPDATE wells SET state = :new WHERE id = :id'), {"new": "closed", "id": well_id})
    db.commit()
