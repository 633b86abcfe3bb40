"""What a route depends on is only declared, and replaced when the application is put together; services lie in a registry by their class."""
from abc import ABC, abstractmethod
from textwrap import dedent

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/gates"))


class Base(DeclarativeBase):
    pass


class Gate(Base):
    __tablename__ = "gates"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="open")


def session() -> Session:
    raise NotImplementedError


def real_session():
    with SessionLocal() as db:
        yield db


class Gates(ABC):
    @abstractmethod
    def shut(self, id: int) -> None: ...


class SqlGates(Gates):
    def __init__(self, db: Session = Depends(real_session)):
        self.db = db

    def shut(self, id: int) -> None:
        gate = self.db.get(Gate, id)
        if gate.state != "open":  # step MB107 check
            raise HTTPException(409)
        gate.state = "shut"  # want MB107 "state"
        self.db.commit()


services = {}


def service(kind):
    services[kind] = kind()
    return kind


@service
class Painter:
    def paint(self, id: int) -> None:
        with SessionLocal() as db:
            gate = db.get(Gate, id)
            if gate.state != "shut":  # step MB107 check
                raise HTTPException(409)
            gate.state = "painted"  # want MB107 "state"
            db.commit()


app = FastAPI()
app.dependency_overrides[session] = real_session
app.dependency_overrides[Gates] = SqlGates


@app.post("/gates/{id}/shut")
def shut(id: int, gates: Gates = Depends(Gates)):
    gates.shut(id)


@app.post("/gates/{id}/paint")
def paint(id: int):
    services[Painter].paint(id)


@app.post("/gates/{id}/open")
def open_gate(id: int, db=Depends(session)):
    gate = db.get(Gate, id)
    if gate.state != "shut":  # step MB107 check
        raise HTTPException(409)
    gate.state = "open"  # want MB107 "state"
    db.commit()


@app.post("/gates/{id}/lock")
def lock(id: int, db=Depends(session)):
    gate = db.get(Gate, id, with_for_update=True)
    if gate.state != "shut":
        raise HTTPException(409)
    gate.state = "locked"
    db.commit()


@app.post("/gates/{id}/oil")
def oil(id: int, db=Depends(session)):
    query = dedent("""
        SELECT state FROM gates
        WHERE id = :id
    """)
    if db.execute(text(query), {"id": id}).scalar_one() != "shut":  # step MB107 check
        raise HTTPException(409)
    db.execute(text("UPDATE gates SET state = 'oiled' WHERE id = :id"), {"id": id})  # want MB107 "state"
    db.commit()
