"""engine: sqlite. SQLAlchemy on a store without row locks: the write repeats what the query asked, or the database computes."""
import os

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Boolean, Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, sessionmaker

engine = create_engine("sqlite:///" + os.environ.get("STORE_DB", "jars.db"))
SessionLocal = sessionmaker(bind=engine, autoflush=False)
Base = declarative_base()
app = FastAPI()


class Jar(Base):
    __tablename__ = "jars"

    id = Column(Integer, primary_key=True)
    state = Column(String)
    beans = Column(Integer)
    hidden = Column(Boolean)


Base.metadata.create_all(engine)


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


@app.post("/jars", status_code=201)
def create_jar(db: Session = Depends(get_db)):
    jar = Jar(state="open")
    db.add(jar)
    db.commit()
    return {"id": jar.id, "state": jar.state}


@app.get("/jars/{jar_id}")
def read_jar(jar_id: int, db: Session = Depends(get_db)):
    jar = db.get(Jar, jar_id)
    if jar is None:
        raise HTTPException(404)
    return {"id": jar.id, "state": jar.state, "beans": jar.beans, "hidden": bool(jar.hidden)}


@app.post("/jars/{jar_id}/hold")
def hold_jar(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id, Jar.state == "open").first()
    if not jar:
        raise HTTPException(409, "not open")
    jar.state = "held"
    db.commit()
    return {"ok": True}


@app.post("/jars/{jar_id}/fill")
def fill_jar(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar:
        raise HTTPException(404)
    jar.beans = max(0, (jar.beans or 0) + 1)
    db.commit()
    return {"ok": True}


@app.post("/jars/{jar_id}/hide")
def hide_jar(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if not jar:
        raise HTTPException(404)
    jar.hidden = not jar.hidden
    db.commit()
    return {"ok": True}


@app.post("/jars/{jar_id}/close")
def close_jar(jar_id: int, db: Session = Depends(get_db)):
    jar = db.query(Jar).filter(Jar.id == jar_id).first()
    if jar is None or jar.state not in ("open", "held"):
        raise HTTPException(409, "closed already")
    jar.state = "closed"
    db.commit()
    return {"ok": True}
