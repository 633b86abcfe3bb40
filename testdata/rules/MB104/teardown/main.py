"""The commit runs after the response: a handler that is registered for its error comes too late."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/clinic"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Patient(Base):
    __tablename__ = "patients"

    id: Mapped[int] = mapped_column(primary_key=True)
    card_number: Mapped[str] = mapped_column(unique=True)


@app.exception_handler(IntegrityError)
async def conflict(request: Request, error: IntegrityError):
    return JSONResponse({"detail": "exists"}, status_code=409)


async def late_session():
    async with Session() as session:
        yield session
        await session.commit()


@app.post("/patients", status_code=201)
async def admit(card_number: str, db: Annotated[AsyncSession, Depends(late_session)]):
    if await db.scalar(select(Patient.id).where(Patient.card_number == card_number)):
        raise HTTPException(409)
    db.add(Patient(card_number=card_number))  # want MB104 "card_number"


@app.post("/patients/early", status_code=201)
async def admit_early(card_number: str, db: Annotated[AsyncSession, Depends(late_session, scope="function")]):
    if await db.scalar(select(Patient.id).where(Patient.card_number == card_number)):
        raise HTTPException(409)
    db.add(Patient(card_number=card_number))


@app.post("/patients/flushed", status_code=201)
async def admit_flushed(card_number: str, db: Annotated[AsyncSession, Depends(late_session)]):
    if await db.scalar(select(Patient.id).where(Patient.card_number == card_number)):
        raise HTTPException(409)
    db.add(Patient(card_number=card_number))
    await db.flush()
