"""Published repairs of a status race that are none, and two that are."""
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/tickets")
Session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Ticket(Base):
    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="open")
    agent: Mapped[str | None]


class Close(BaseModel):
    expected_status: Literal["open", "waiting"]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/tickets/{ticket_id}/assign/transaction")
async def assign_in_transaction(ticket_id: int, agent: str, db: DB):
    async with db.begin():
        query = select(Ticket).where(Ticket.id == ticket_id, Ticket.status == "open")
        ticket = (await db.execute(query)).scalar_one_or_none()  # step MB107 read
        if ticket is None:
            raise HTTPException(409)
        ticket.status = "assigned"  # want MB107 "status"
        ticket.agent = agent


@app.post("/tickets/{ticket_id}/close/expected")
async def close_as_the_client_expects(ticket_id: int, body: Close, db: DB):
    ticket = await db.get(Ticket, ticket_id)
    if ticket is None or ticket.status != body.expected_status:  # step MB107 check
        raise HTTPException(412)
    ticket.status = "closed"  # want MB107 "status"
    await db.commit()


@app.post("/tickets/{ticket_id}/reopen/twice-read")
async def reopen_after_second_look(ticket_id: int, db: DB):
    ticket = await db.get(Ticket, ticket_id)
    if ticket is None or ticket.status != "closed":
        raise HTTPException(409)
    await db.refresh(ticket)
    if ticket.status != "closed":
        raise HTTPException(409)
    ticket.status = "open"  # want MB107 "status"
    await db.commit()


@app.post("/tickets/{ticket_id}/assign/locked")
async def assign_locked(ticket_id: int, agent: str, db: DB):
    async with db.begin():
        query = select(Ticket).where(Ticket.id == ticket_id).with_for_update()
        ticket = (await db.execute(query)).scalar_one_or_none()
        if ticket is None or ticket.status != "open":
            raise HTTPException(409)
        ticket.status = "assigned"
        ticket.agent = agent


@app.post("/tickets/{ticket_id}/close/get-locked")
async def close_locked(ticket_id: int, db: DB):
    ticket = await db.get(Ticket, ticket_id, with_for_update=True)
    if ticket is None or ticket.status == "closed":
        raise HTTPException(409)
    ticket.status = "closed"
    await db.commit()
