"""A store without row locks: what the query asked is asked again by the write, and the database computes the new values."""
import os
from datetime import datetime

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Boolean, Column, DateTime, Float, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, sessionmaker

SessionLocal = sessionmaker(bind=create_engine("sqlite:///jars.db"), autoflush=False)
Base = declarative_base()
app = FastAPI()


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


class Jar(Base):
    __tablename__ = "jars"

    id = Column(Integer, primary_key=True)
    state = Column(String)
    weight = Column(Float, nullable=False)
    beans = Column(Integer)
    hidden = Column(Boolean)
    locked = Column(Boolean, nullable=False)
    sealed_at = Column(DateTime)
    picture = Column(String)


@app.post("/jars/{jar_id}/hold")
def hold(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id, Jar.state == "open").first()
    if not jar:
        raise HTTPException(400, "not open")
    jar.state = "held"
    db.commit()


@app.post("/jars/{jar_id}/seal")
def seal(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id, Jar.state.in_(["open", "held"])).first()
    if not jar:
        raise HTTPException(400, "sealed already")
    jar.state = "sealed"
    jar.sealed_at = datetime.now()
    db.commit()


@app.post("/jars/{jar_id}/fill")
def fill(jar_id: int, weight: float, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar:
        raise HTTPException(404)
    jar.weight += weight
    jar.beans = (jar.beans or 0) + 1
    db.commit()
    return {"id": jar.id, "weight": jar.weight}


@app.post("/jars/spill")
def spill(jars: list[int], db: Session = Depends(get_db)):
    for jar_id in jars:
        jar = db.query(Jar).filter(Jar.id == jar_id).first()
        if jar:
            jar.beans = max(0, jar.beans - 1)
    db.commit()


@app.post("/jars/dust")
def dust(db: Session = Depends(get_db)):
    for jar in db.query(Jar).filter(Jar.state == "held").all():
        jar.weight = (getattr(jar, "weight", 0) or 0) + 0.1
    db.commit()


@app.post("/jars/{jar_id}/hide")
def hide(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar:
        raise HTTPException(404)
    jar.hidden = not jar.hidden
    db.commit()
    return {"hidden": jar.hidden}


@app.post("/jars/{jar_id}/lock")
def lock(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar:
        raise HTTPException(404)
    jar.locked = not jar.locked
    db.commit()


@app.post("/jars/{jar_id}/sell")
def sell(jar_id: int, weight: float, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar:
        raise HTTPException(404)
    if weight > jar.weight:
        raise HTTPException(400, "not that much in it")
    jar.weight = round(jar.weight - weight, 2)
    db.commit()


@app.post("/jars/{jar_id}/first")
def first(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar:
        jar = Jar(id=jar_id, state="open", weight=0, beans=0, locked=False)
        db.add(jar)
    jar.beans += 1  # there may be no row yet from which the database could compute
    db.commit()


@app.post("/jars/{jar_id}/pour")
def pour(jar_id: int, weight: float, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar or jar.state != "open":
        raise HTTPException(400, "not open")
    jar.weight += weight
    db.commit()


@app.post("/jars/{jar_id}/split")
def split(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar or jar.state != "open":
        raise HTTPException(400, "not open")
    db.add(Jar(state="open", weight=0, locked=False))
    db.commit()
    jar.state = "split"  # to refuse now would leave the other half
    db.commit()


@app.post("/jars/{jar_id}/close")
def close(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if jar is None or jar.state not in ("open", "held"):
        raise HTTPException(400, "closed already")
    jar.state = "closed"
    db.commit()


@app.post("/jars/{jar_id}/reopen")
def reopen(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if jar is None or jar.state in ["open", "held"]:  # none is no state among them, to Python
        raise HTTPException(400, "open already")
    jar.state = "open"
    db.commit()


@app.delete("/jars/{jar_id}/picture")
def delete_picture(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar:
        raise HTTPException(404)
    if jar.picture:
        if os.path.exists("pictures/" + jar.picture):
            os.remove("pictures/" + jar.picture)
        jar.picture = None  # the file is gone, whatever the row says
        db.commit()
