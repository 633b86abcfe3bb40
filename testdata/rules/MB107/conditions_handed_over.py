"""The conditions of a write are handed over as a mapping: where they are given, they are those of the write."""
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/bikes"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Hire(Base):
    __tablename__ = "hires"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]


class Deposit(Base):
    __tablename__ = "deposits"

    id: Mapped[int] = mapped_column(primary_key=True)
    hire_id: Mapped[int]


class Repository:
    def __init__(self, db: Session):
        self.db = db

    def change(self, id: int, expected: dict[str, Any] | None = None, **values: Any) -> int:
        statement = update(Hire).where(Hire.id == id)
        for name, value in (expected or {}).items():
            statement = statement.where(getattr(Hire, name) == value)
        return self.db.execute(statement.values(**values)).rowcount


def repository():
    with SessionLocal() as session:
        yield Repository(session)


Hires = Annotated[Repository, Depends(repository)]


@app.post("/hires/{id}/end")
def end(id: int, hires: Hires):
    hire = hires.db.get(Hire, id)
    if hire.status != "out":  # want MB107 "hires.status"
        raise HTTPException(409)
    hires.change(id, status="ended")
    hires.db.add(Deposit(hire_id=id))
    hires.db.commit()


@app.post("/hires/{id}/end-expected")
def end_expected(id: int, hires: Hires):
    hire = hires.db.get(Hire, id)
    if hire.status != "out":
        raise HTTPException(409)
    if not hires.change(id, expected={"status": "out"}, status="ended"):
        raise HTTPException(409)
    hires.db.add(Deposit(hire_id=id))
    hires.db.commit()
