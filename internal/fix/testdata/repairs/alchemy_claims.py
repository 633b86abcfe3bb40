"""Claims of a row by what was checked: alternatives, several tests of one column, columns that may be NULL,
what is written down elsewhere, and an answer that refuses nothing."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Boolean, Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, sessionmaker

Base = declarative_base()
factory = sessionmaker(create_engine("sqlite:///kilns"))
app = FastAPI()


class Firing(Base):
    __tablename__ = "firings"

    id = Column(Integer, primary_key=True)
    state = Column(String(20), nullable=False)
    glaze = Column(String(20))
    locked = Column(Boolean)


class Washed(Base):
    __tablename__ = "washed"

    id = Column(Integer, primary_key=True)
    glaze = Column(String(20))


def get_db():
    with factory() as db:
        yield db


@app.post("/firings/{firing_id}/cancel")
def cancel(firing_id: int, db: Session = Depends(get_db)):
    firing = db.get(Firing, firing_id)
    if firing.state != "planned" and firing.state != "loaded":
        raise HTTPException(409, "too late")
    firing.state = "cancelled"
    db.commit()


@app.post("/firings/{firing_id}/start")
def start(firing_id: int, db: Session = Depends(get_db)):
    firing = db.get(Firing, firing_id)
    if firing.state == "started":
        raise HTTPException(409, "started already")
    if firing.state == "cancelled":
        raise HTTPException(409, "cancelled")
    firing.state = "started"
    db.commit()


@app.post("/firings/{firing_id}/glaze")
def choose(firing_id: int, glaze: str, db: Session = Depends(get_db)):
    firing = db.get(Firing, firing_id)
    if firing.glaze == "sold out":
        raise HTTPException(409, "no more of it")
    firing.glaze = glaze
    db.commit()


@app.post("/firings/{firing_id}/lock")
def lock(firing_id: int, db: Session = Depends(get_db)):
    firing = db.get(Firing, firing_id)
    if firing.locked:
        raise HTTPException(423, "locked")
    firing.locked = True
    db.commit()


@app.post("/firings/{firing_id}/reset")
def reset(firing_id: int, db: Session = Depends(get_db)):
    firing = db.get(Firing, firing_id)
    if firing.glaze == "none":
        raise HTTPException(409, "nothing to wash off")
    db.add(Washed(glaze=firing.glaze))
    firing.glaze = "none"
    db.commit()


@app.post("/firings/{firing_id}/wash")
def wash(firing_id: int, db: Session = Depends(get_db)):
    firing = db.get(Firing, firing_id)
    if firing.state != "planned" and firing.state != "loaded":
        return firing
    firing.state = "washed"
    db.commit()
    return firing
