"""Roles from a cache while a route changes them, and a cache of what never changes."""
from functools import lru_cache
from typing import Annotated

from cachetools import TTLCache, cached
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/wiki"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    key: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    banned: Mapped[bool] = mapped_column(default=False)


class Page(Base):
    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


RIGHTS = {"reader": frozenset(), "editor": frozenset({"edit"}), "admin": frozenset({"edit", "purge"})}


@lru_cache
def rights_of_role(role: str) -> frozenset[str]:
    return RIGHTS.get(role, frozenset())


@lru_cache(maxsize=None)
def role_of(key: str) -> str:
    with SessionLocal() as db:
        return db.scalar(select(Member.role).where(Member.key == key)) or "reader"


@cached(TTLCache(maxsize=1000, ttl=3600))
def is_banned(key: str) -> bool:
    with SessionLocal() as db:
        return bool(db.scalar(select(Member.banned).where(Member.key == key)))


def fresh_role(key: str) -> str:
    with SessionLocal() as db:
        return db.scalar(select(Member.role).where(Member.key == key)) or "reader"


ApiKey = Annotated[str, Security(APIKeyHeader(name="X-Key"))]


class Needs:
    """A parametrised dependency: Depends(Needs("edit"))."""

    def __init__(self, right: str) -> None:
        self.right = right

    def __call__(self, key: ApiKey) -> str:
        if self.right not in rights_of_role(role_of(key)):  # want MB301 "role"
            raise HTTPException(403)
        return key


def not_banned(key: ApiKey) -> None:
    if is_banned(key):  # want MB301 "banned"
        raise HTTPException(403)


def editor_now(key: ApiKey) -> str:
    if "edit" not in rights_of_role(fresh_role(key)):
        raise HTTPException(403)
    return key


@app.delete("/pages/{page_id}", dependencies=[Depends(Needs("purge"))])
def purge(page_id: int):
    with SessionLocal() as db:
        db.execute(delete(Page).where(Page.id == page_id))
        db.commit()


@app.put("/pages/{page_id}/draft", dependencies=[Depends(not_banned)])
def draft(page_id: int, text: str):
    with SessionLocal() as db:
        db.execute(update(Page).where(Page.id == page_id).values(text=text))
        db.commit()


@app.put("/pages/{page_id}")
def edit(page_id: int, text: str, key: Annotated[str, Depends(editor_now)]):
    with SessionLocal() as db:
        db.execute(update(Page).where(Page.id == page_id).values(text=text))
        db.commit()


@app.put("/members/{key}/role")
def set_role(key: str, role: str):
    with SessionLocal() as db:
        db.execute(update(Member).where(Member.key == key).values(role=role))
        db.commit()


@app.put("/members/{key}/ban")
def ban(key: str):
    with SessionLocal() as db:
        db.execute(update(Member).where(Member.key == key).values(banned=True))
        db.commit()
