"""FastCRUD: the look and the write are two calls of one object, each with its own statement."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastcrud import FastCRUD
from pydantic import BaseModel
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/market"), expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Stall(Base):
    __tablename__ = "stalls"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    state: Mapped[str]


class Visitor(Base):
    __tablename__ = "visitors"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)


class StallIn(BaseModel):
    name: str
    state: str = "free"


class VisitorIn(BaseModel):
    email: str


CRUDStall = FastCRUD[Stall, StallIn, StallIn, StallIn, StallIn, StallIn]
stalls = CRUDStall(Stall)
visitors = FastCRUD(Visitor)


async def db():
    async with Maker() as session:
        yield session


DB = Annotated[AsyncSession, Depends(db)]
app = FastAPI()


@app.post("/stalls")
async def add(body: StallIn, session: DB):
    if await stalls.exists(db=session, name=body.name):  # step MB103 check
        raise HTTPException(409)
    await stalls.create(db=session, object=body)  # want MB103 "stalls.name"


@app.post("/visitors")
async def register(body: VisitorIn, session: DB):
    if await visitors.exists(session, email=body.email):  # step MB104 check
        raise HTTPException(409)
    await visitors.create(session, body)  # want MB104 "IntegrityError"


@app.post("/stalls/{id}/take")
async def take(id: int, session: DB):
    stall = await stalls.get(session, id=id)
    if stall is None or stall["state"] != "free":  # step MB107 check
        raise HTTPException(409)
    await stalls.update(session, {"state": "taken"}, id=id)  # want MB107 "stalls"


@app.post("/stalls/{id}/claim")
async def claim(id: int, session: DB):
    done = await session.execute(update(Stall).where(Stall.id == id, Stall.state == "free").values(state="taken"))
    if done.rowcount == 0:
        raise HTTPException(409)
    await session.commit()


@app.put("/stalls/{id}")
async def rename(id: int, name: str, session: DB):
    if not await stalls.exists(session, id=id):
        raise HTTPException(404)
    await stalls.update(session, {"name": name}, id=id)
