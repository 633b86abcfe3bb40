"""An amount that is added to a row which must be open: the amount is lost, and no step of a process is taken twice. To close the row is one."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/till"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Till(Base):
    __tablename__ = "tills"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    added: Mapped[int] = mapped_column(default=0)


class Movement(Base):
    __tablename__ = "movements"

    id: Mapped[int] = mapped_column(primary_key=True)
    till_id: Mapped[int]
    amount: Mapped[int]


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/tills/{till_id}/add")
def add(till_id: int, amount: int, db: DB):
    till = db.query(Till).filter_by(id=till_id, status="open").first()
    if not till:
        raise HTTPException(404)
    till.added += amount  # want MB101 "tills.added"
    db.add(Movement(till_id=till_id, amount=amount))
    db.commit()


@app.post("/tills/{till_id}/add-locked")
def add_locked(till_id: int, amount: int, db: DB):
    till = db.query(Till).filter_by(id=till_id, status="open").with_for_update().first()
    if not till:
        raise HTTPException(404)
    till.added += amount
    db.add(Movement(till_id=till_id, amount=amount))
    db.commit()
