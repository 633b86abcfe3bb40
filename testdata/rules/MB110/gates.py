"""max_concurrency as a lock, in one process: when the gate opens, and which routes share it."""
from typing import Annotated
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/tombola"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Prize(Base):
    __tablename__ = "prizes"

    id: Mapped[int] = mapped_column(primary_key=True)
    winner: Mapped[str | None]


class Trophy(Base):
    __tablename__ = "trophies"

    id: Mapped[int] = mapped_column(primary_key=True)
    winner: Mapped[str | None]


class Medal(Base):
    __tablename__ = "medals"

    id: Mapped[int] = mapped_column(primary_key=True)
    winner: Mapped[str | None]


class Ribbon(Base):
    __tablename__ = "ribbons"

    id: Mapped[int] = mapped_column(primary_key=True)
    winner: Mapped[str | None]


class Cup(Base):
    __tablename__ = "cups"

    id: Mapped[int] = mapped_column(primary_key=True)
    winner: Mapped[str | None]


async def committing_session():
    async with Session() as session:
        yield session
        await session.commit()


async def gate():
    yield

async def gate_returns():
    return 1

Gate = Annotated[None, Depends(gate, max_concurrency=1)]
DB = Annotated[AsyncSession, Depends(committing_session)]


# First in, last out: the session commits inside the gate.
@app.post("/prizes/{prize_id}")
async def prizes(name: str, prize_id: int, _: Annotated[None, Depends(gate, max_concurrency=1)], db: DB):
    p = await db.get(Prize, prize_id)
    if p is None or p.winner is not None:
        raise HTTPException(409)
    p.winner = name


# The gate of the function scope opens before the session commits.
@app.post("/trophies/{prize_id}")
async def trophies(name: str, prize_id: int, _: Annotated[None, Depends(gate, scope="function", max_concurrency=1)], db: DB):
    p = await db.get(Trophy, prize_id)
    if p is None or p.winner is not None:
        raise HTTPException(409)
    p.winner = name  # want MB110|MB408 "winner"


# A gate that returns is open again before the handler runs.
@app.post("/medals/{prize_id}")
async def medals(name: str, prize_id: int, _: Annotated[None, Depends(gate_returns, max_concurrency=1)], db: DB):
    p = await db.get(Medal, prize_id)
    if p is None or p.winner is not None:
        raise HTTPException(409)
    p.winner = name  # want MB107|MB110|MB408 "winner"


# Two routes, two gates.
@app.post("/ribbons_a/{prize_id}")
async def ribbons_a(name: str, prize_id: int, _: Annotated[None, Depends(gate, max_concurrency=1)], db: DB):
    p = await db.get(Ribbon, prize_id)
    if p is None or p.winner is not None:
        raise HTTPException(409)
    p.winner = name  # want MB110|MB408 "winner"


@app.post("/ribbons_b/{prize_id}")
async def ribbons_b(name: str, prize_id: int, _: Annotated[None, Depends(gate, max_concurrency=1)], db: DB):
    p = await db.get(Ribbon, prize_id)
    if p is None or p.winner is not None:
        raise HTTPException(409)
    p.winner = name + "b"  # want MB110|MB408 "winner"


# Two routes share one gate.
@app.post("/cups_a/{prize_id}")
async def cups_a(name: str, prize_id: int, _: Gate, db: DB):
    p = await db.get(Cup, prize_id)
    if p is None or p.winner is not None:
        raise HTTPException(409)
    p.winner = name


@app.post("/cups_b/{prize_id}")
async def cups_b(name: str, prize_id: int, _: Gate, db: DB):
    p = await db.get(Cup, prize_id)
    if p is None or p.winner is not None:
        raise HTTPException(409)
    p.winner = name + "b"


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
