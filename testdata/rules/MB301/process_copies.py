"""Permissions kept in the process: dictionaries, class attributes, app.state and caches with a time to live."""
from typing import Annotated

from cachetools import LRUCache, TTLCache
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/plans"))
app = FastAPI()
app.state.levels = {}


class Base(DeclarativeBase):
    pass


class Colleague(Base):
    __tablename__ = "colleagues"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    clearance: Mapped[str]
    can_print: Mapped[bool] = mapped_column(default=False)
    blocked: Mapped[bool] = mapped_column(default=False)
    country: Mapped[str]
    allowed_floor: Mapped[str]


class Drawing(Base):
    __tablename__ = "drawings"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]
Who = Annotated[int, Header(alias="X-Who")]
_roles: dict[int, str] = {}
_active = TTLCache(maxsize=500, ttl=600)
_prints = LRUCache(maxsize=500)
_floors: dict[int, str] = {}


def drop(db: Session, drawing_id: int) -> None:
    db.execute(delete(Drawing).where(Drawing.id == drawing_id))
    db.commit()


def role_of(db: Session, who: int) -> str | None:
    if who not in _roles:
        _roles[who] = db.scalar(select(Colleague.role).where(Colleague.id == who))
    return _roles[who]


@app.delete("/drawings/{drawing_id}")
def drop_by_role(drawing_id: int, who: Who, db: DB):
    if role_of(db, who) != "lead":  # want MB301 "role"
        raise HTTPException(403)
    drop(db, drawing_id)


def active(who: Who, db: DB) -> int:
    known = _active.get(who)
    if known is None:
        known = db.scalar(select(Colleague.is_active).where(Colleague.id == who))
        _active[who] = known
    if not known:  # want MB301 "active"
        raise HTTPException(403)
    return who


@app.put("/drawings/{drawing_id}/text")
def rewrite(drawing_id: int, text: str, who: Annotated[int, Depends(active)], db: DB):
    db.execute(update(Drawing).where(Drawing.id == drawing_id).values(text=text))
    db.commit()


class Directory:
    levels: dict[int, str] = {}

    def __init__(self, db: DB) -> None:
        self.db = db

    def level(self, who: int) -> str:
        try:
            return self.levels[who]
        except KeyError:
            found = self.db.get(Colleague, who)
            self.levels[who] = found.clearance
            return self.levels[who]


@app.delete("/drawings/{drawing_id}/clearance")
def drop_by_level(drawing_id: int, who: Who, db: DB, directory: Annotated[Directory, Depends()]):
    if directory.level(who) not in ("senior", "head"):  # want MB301 "clearance"
        raise HTTPException(403)
    drop(db, drawing_id)


@app.delete("/drawings/{drawing_id}/print")
def drop_printed(drawing_id: int, who: Who, db: DB):
    allowed = _prints.get(who)
    if allowed is None:
        row = db.execute(select(Colleague).where(Colleague.id == who)).scalar_one()
        allowed = _prints[who] = row.can_print
    if not allowed:  # want MB301 "can_print"
        raise HTTPException(403)
    drop(db, drawing_id)


@app.delete("/drawings/{drawing_id}/unblocked")
def drop_unblocked(drawing_id: int, who: Who, db: DB, request: Request):
    known = request.app.state.levels
    if who not in known:
        known[who] = db.get(Colleague, who).blocked
    if known[who]:  # want MB301 "blocked"
        raise HTTPException(403)
    drop(db, drawing_id)


# Sound: what no route changes; the database is asked again; the copy only spares a query.


@app.delete("/drawings/{drawing_id}/country")
def drop_by_floor(drawing_id: int, who: Who, db: DB):
    if who not in _floors:
        _floors[who] = db.scalar(select(Colleague.allowed_floor).where(Colleague.id == who))
    if _floors[who] != "7":
        raise HTTPException(403)
    drop(db, drawing_id)


@app.delete("/drawings/{drawing_id}/twice")
def drop_checked_twice(drawing_id: int, who: Who, db: DB):
    if role_of(db, who) != "lead":
        raise HTTPException(403)
    if db.scalar(select(Colleague.role).where(Colleague.id == who).with_for_update()) != "lead":
        raise HTTPException(403)
    drop(db, drawing_id)


@app.get("/drawings")
def listing(who: Who, db: DB):
    return {"role": role_of(db, who), "drawings": db.scalars(select(Drawing.id)).all()}


@app.put("/colleagues/{colleague_id}")
def change(colleague_id: int, role: str, is_active: bool, clearance: str, can_print: bool, blocked: bool, country: str, db: DB):
    db.execute(
        update(Colleague)
        .where(Colleague.id == colleague_id)
        .values(role=role, is_active=is_active, clearance=clearance, can_print=can_print, blocked=blocked, country=country)
    )
    db.commit()
