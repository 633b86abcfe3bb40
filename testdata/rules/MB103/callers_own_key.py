"""The row by which the caller is known, and a new one of the same table: the new one has a key of its own."""
from hashlib import sha256
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/library"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Pass(Base):
    __tablename__ = "passes"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(unique=True)
    holder: Mapped[str]
    shelf: Mapped[str]


class Wish(BaseModel):
    holder: str
    shelf: str


async def caller(db: DB, x_pass: str = Header()):
    found = await db.scalar(select(Pass).where(Pass.secret.startswith(f"v1${x_pass[:8]}$")).limit(1))
    if found is None:
        raise HTTPException(401)
    return found


async def by_secret(db: DB, x_pass: str = Header()):
    found = await db.scalar(select(Pass).where(Pass.secret == sha256(x_pass.encode()).hexdigest()))
    if found is None or found.shelf != "staff":
        raise HTTPException(401)
    return found


@app.post("/passes")
async def add(wish: Wish, db: DB, who=Depends(caller)):
    if who.shelf != "staff":
        raise HTTPException(403)
    row = Pass(**wish.model_dump(), secret=f"v1${uuid4().hex[:8]}$")
    db.add(row)
    await db.commit()


@app.post("/staff/passes")
async def add_for_staff(wish: Wish, db: DB, who=Depends(by_secret)):
    row = Pass(**wish.model_dump(), secret=uuid4().hex)
    db.add(row)
    await db.commit()


# The shelf that is asked for is the shelf that is given.
@app.post("/shelves/{shelf}/pass")
async def only_one(shelf: str, wish: Wish, db: DB):
    if await db.scalar(select(Pass).where(Pass.shelf == shelf)):  # want MB103 "passes.shelf"
        raise HTTPException(409)
    db.add(Pass(holder=wish.holder, shelf=shelf, secret=uuid4().hex))
    await db.commit()
