"""The route that revokes clears the cache of its own process: better, and still a race."""
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import create_engine, delete, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/vault"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Grant(Base):
    __tablename__ = "grants"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Secret(Base):
    __tablename__ = "secrets"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@lru_cache(maxsize=10_000)
def grants_of(user_id: int) -> frozenset[str]:
    with SessionLocal() as db:
        return frozenset(db.scalars(select(Grant.name).where(Grant.user_id == user_id)))


@app.delete("/secrets/{secret_id}")
def burn(secret_id: int, x_user: Annotated[int, Header()], db: DB):
    if "burn" not in grants_of(x_user):  # want MB301 "grant"
        raise HTTPException(403)
    db.execute(delete(Secret).where(Secret.id == secret_id))
    db.commit()


@app.put("/grants/{user_id}/{name}")
def allow(user_id: int, name: str, db: DB):
    db.execute(insert(Grant).values(user_id=user_id, name=name))
    db.commit()


@app.delete("/grants/{user_id}/{name}")
def revoke(user_id: int, name: str, db: DB):
    db.execute(delete(Grant).where(Grant.user_id == user_id, Grant.name == name))
    db.commit()
    grants_of.cache_clear()
