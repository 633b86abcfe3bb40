"""A row lock on the parent, taken by a project helper, covers what every writer asks under it."""
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/wards"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Ward(Base):
    __tablename__ = "wards"

    id: Mapped[int] = mapped_column(primary_key=True)
    beds: Mapped[int]


class Patient(Base):
    __tablename__ = "patients"

    id: Mapped[int] = mapped_column(primary_key=True)
    ward_id: Mapped[int] = mapped_column(ForeignKey("wards.id"))


@asynccontextmanager
async def locked_ward(db: AsyncSession, ward_id: int):
    async with db.begin():
        ward = await db.get(Ward, ward_id, with_for_update=True)
        if ward is None:
            raise HTTPException(404)
        yield ward


async def get_db():
    async with Session() as session:
        yield session


@app.post("/wards/{ward_id}/patients")
async def admit(ward_id: int, db: Annotated[AsyncSession, Depends(get_db)]):
    async with locked_ward(db, ward_id) as ward:
        taken = await db.scalar(select(func.count()).select_from(Patient).where(Patient.ward_id == ward_id))
        if taken >= ward.beds:
            raise HTTPException(409)
        db.add(Patient(ward_id=ward_id))
