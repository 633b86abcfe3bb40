"""A row is loaded by the ORM and written as text, or the other way round."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/looms")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Loom(Base):
    __tablename__ = "looms"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


def get_db():
    with Session(engine) as session:
        yield session


@app.post("/looms/{loom_id}/start")
def start(loom_id: int, states: list[str], db: Session = Depends(get_db)):
    loom = db.get(Loom, loom_id)
    if loom.state not in states:
        raise HTTPException(409)
    db.execute(text("UPDATE looms SET state = 'running' WHERE id = :id"), {"id": loom_id})
    db.commit()


@app.post("/looms/{loom_id}/stop")
def stop(loom_id: int, db: Session = Depends(get_db)):
    state = db.execute(text("SELECT state FROM looms WHERE id = :id"), {"id": loom_id}).scalar_one()
    if state != "running":
        raise HTTPException(409)
    db.get(Loom, loom_id).state = "stopped"
    db.commit()
