"""A version column: handled by the application, and by nobody."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/docs"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Contract(Base):
    __tablename__ = "contracts"

    id: Mapped[int] = mapped_column(primary_key=True)
    pages: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Annex(Base):
    __tablename__ = "annexes"

    id: Mapped[int] = mapped_column(primary_key=True)
    pages: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/contracts/{contract_id}/pages")
async def add_page(contract_id: int, db: DB):
    contract = await db.get(Contract, contract_id)
    if contract is None:
        raise HTTPException(404)
    contract.pages = contract.pages + 1  # want MB118 "contract|StaleDataError"
    await db.commit()


@app.post("/annexes/{annex_id}/pages")
async def add_annex_page(annex_id: int, db: DB):
    annex = await db.get(Annex, annex_id)
    if annex is None:
        raise HTTPException(404)
    annex.pages = annex.pages + 1
    try:
        await db.commit()
    except StaleDataError:
        raise HTTPException(409, "changed meanwhile") from None
