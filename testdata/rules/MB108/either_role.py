"""Of several roles that a new account can get, one is the role that was asked for."""
from enum import StrEnum

from fastapi import FastAPI, HTTPException
from sqlalchemy import Index, create_engine, exists, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/choir")
app = FastAPI()


class Role(StrEnum):
    conductor = "conductor"
    singer = "singer"


class Base(DeclarativeBase):
    pass


class Singer(Base):
    __tablename__ = "singers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]


class Player(Base):
    __tablename__ = "players"
    __table_args__ = (Index("one_conductor", "role", unique=True, postgresql_where=text("role = 'conductor'")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]


@app.post("/singers")
def join(name: str):
    with Session(engine) as s:
        led = s.scalar(select(exists().where(Singer.role == Role.conductor)))  # want MB108 "singers.role"
        role = Role.singer if led else Role.conductor
        s.add(Singer(name=name, role=role))
        s.commit()


@app.post("/players")
def join_one_only_ok(name: str):
    with Session(engine) as s:
        led = s.scalar(select(exists().where(Player.role == Role.conductor)))
        s.add(Player(name=name, role=Role.singer if led else Role.conductor))
        try:
            s.commit()
        except IntegrityError:
            raise HTTPException(409)


@app.post("/guests")
def never_conducts_ok(name: str, pays: bool):
    with Session(engine) as s:
        led = s.scalar(select(exists().where(Singer.role == Role.conductor)))
        if led:
            s.add(Singer(name=name, role="guest" if pays else "helper"))
            s.commit()
