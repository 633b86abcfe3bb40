"""max_concurrency as a lock: before the session, and after it."""
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


class Ticket(Base):
    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str | None]


async def committing_session():
    async with Session() as session:
        yield session
        await session.commit()


async def gate():
    yield


DB = Annotated[AsyncSession, Depends(committing_session)]


async def prize(prize_id: int, db: DB) -> Prize:
    found = await db.get(Prize, prize_id)
    if found is None or found.winner is not None:  # step MB110|MB408 check
        raise HTTPException(409)
    return found


@app.post("/prizes/{prize_id}/draw")
async def draw(
    name: str,
    prize: Annotated[Prize, Depends(prize)],
    _: Annotated[None, Depends(gate, max_concurrency=1)],
):
    prize.winner = name  # want MB110|MB408 "winner"


@app.post("/tickets/{ticket_id}/hold", dependencies=[Depends(gate, max_concurrency=1)])
async def hold(ticket_id: int, name: str, db: DB):
    ticket = await db.get(Ticket, ticket_id)
    if ticket is None or ticket.holder is not None:
        raise HTTPException(409)
    ticket.holder = name


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
