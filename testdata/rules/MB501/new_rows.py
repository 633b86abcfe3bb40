"""Deferred work that adds a row of its own acts on no row that the request had read."""
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy import create_engine

engine = create_engine("postgresql://localhost/radio")
Local = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Wish(Base):
    __tablename__ = "wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    listener_id: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str]


def get_db():
    with Local() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def note(listener_id: int, kind: str):
    with Local() as session:
        session.add(Wish(listener_id=listener_id, kind=kind, state="noted"))
        session.commit()


@app.post("/listeners/{listener_id}/greeting")
def greet(listener_id: int, db: DB, tasks: BackgroundTasks):
    last = db.scalar(select(Wish).where(Wish.listener_id == listener_id, Wish.kind == "song"))
    if last is None or last.kind == "ad":
        raise HTTPException(409)
    tasks.add_task(note, listener_id, "greeting")


@app.post("/wishes/{wish_id}/kind")
def change(wish_id: int, kind: str, db: DB):
    wish = db.get(Wish, wish_id, with_for_update=True)
    wish.kind = kind
    db.commit()
