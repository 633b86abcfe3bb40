"""Attempts that are counted in a row: who locks it with the first look counts each of them."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql://localhost/gates"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Gate(Base):
    __tablename__ = "gates"
    id: Mapped[int] = mapped_column(primary_key=True)
    pin: Mapped[str]
    failed_attempts: Mapped[int] = mapped_column(default=0)


def get_db():
    with factory() as db:
        yield db


@app.post("/gates/{gate_id}/open")
def open_gate(gate_id: int, pin: str, db: Session = Depends(get_db)):
    gate = db.scalars(select(Gate).where(Gate.id == gate_id)).first()
    if gate is None:
        raise HTTPException(404)
    if gate.failed_attempts >= 5:
        raise HTTPException(423)
    if gate.pin != pin:
        gate.failed_attempts += 1
        db.commit()
        raise HTTPException(403)
    gate.failed_attempts = 0
    db.commit()
