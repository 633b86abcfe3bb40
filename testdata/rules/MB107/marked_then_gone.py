"""A row that is marked as deleted and then deleted in one transaction is just deleted: nobody sees the mark, and who changes the row
meanwhile finds none. A row that is only marked can be changed by whoever looked before."""
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/ponds"))
app = FastAPI()


class Base(DeclarativeBase):
    def discard(self, session: Session, soft: bool = False) -> None:
        self.gone_at = datetime.now()
        session.add(self)
        session.flush()
        if not soft:
            session.delete(self)
        session.commit()


class Pond(Base):
    __tablename__ = "ponds"

    id: Mapped[int] = mapped_column(primary_key=True)
    depth: Mapped[int]
    gone_at: Mapped[datetime | None]


class Fish(Base):
    __tablename__ = "fishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    gone_at: Mapped[datetime | None]


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.put("/ponds/{pond_id}")
def dig(pond_id: int, depth: int, db: DB):
    pond = db.get(Pond, pond_id)
    if pond is None or pond.gone_at is not None:
        raise HTTPException(404)
    pond.depth = depth
    db.commit()


@app.delete("/ponds/{pond_id}")
def fill(pond_id: int, db: DB):
    pond = db.get(Pond, pond_id)
    if pond is None:
        raise HTTPException(404)
    pond.discard(db)


@app.put("/fishes/{fish_id}")
def name(fish_id: int, name: str, db: DB):
    fish = db.get(Fish, fish_id)
    if fish is None or fish.gone_at is not None:  # step MB107 check
        raise HTTPException(404)
    fish.name = name  # want MB107 "fishes.gone_at"
    db.commit()


@app.delete("/fishes/{fish_id}")
def release(fish_id: int, db: DB):
    fish = db.get(Fish, fish_id)
    if fish is None:
        raise HTTPException(404)
    fish.discard(db, soft=True)
