"""ON CONFLICT DO NOTHING, and then what only the inserter may do."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/loyal"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Welcome(Base):
    __tablename__ = "welcomes"

    email: Mapped[str] = mapped_column(primary_key=True)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def send_gift(email: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://gifts.example/", json={"to": email})


@app.post("/welcome")
async def welcome(email: str, db: DB):
    await db.execute(insert(Welcome).values(email=email).on_conflict_do_nothing())
    await db.commit()
    await send_gift(email)  # want MB112 "welcome"


@app.post("/v2/welcome")
async def welcome_once(email: str, db: DB):
    new = await db.execute(insert(Welcome).values(email=email).on_conflict_do_nothing())
    await db.commit()
    if new.rowcount:
        await send_gift(email)


@app.delete("/welcome")
async def forget(email: str, db: DB):
    await db.execute(delete(Welcome).where(Welcome.email == email))
    await db.commit()
