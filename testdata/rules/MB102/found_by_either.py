import hashlib

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import BigInteger, String, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/app")
Session = async_sessionmaker(engine)
app = FastAPI()


async def get_db():
    async with Session() as session:
        yield session


class Base(DeclarativeBase):
    pass


class Key(Base):
    __tablename__ = "keys"
    hashed: Mapped[str] = mapped_column(String, primary_key=True)
    spent: Mapped[int] = mapped_column(BigInteger)
    ceiling: Mapped[int] = mapped_column(BigInteger)


async def find(token: str, session: AsyncSession) -> Key:
    if token.startswith("sk-"):
        if key := await session.get(Key, hashlib.sha256(token.encode()).hexdigest()):
            return key
    key = await session.get(Key, token)
    if key is None:
        raise HTTPException(401)
    return key


@app.post("/spend")
async def spend(token: str, cost: int, session: AsyncSession = Depends(get_db)):
    key = await find(token, session)
    if key.spent + cost > key.ceiling:  # want MB102 "keys.spent"
        raise HTTPException(402)
    await session.execute(update(Key).where(Key.hashed == key.hashed).values(spent=Key.spent + cost))
    await session.commit()


@app.post("/spend-within")
async def spend_within(token: str, cost: int, session: AsyncSession = Depends(get_db)):
    key = await find(token, session)
    spent = await session.execute(update(Key).where(Key.hashed == key.hashed, Key.spent + cost <= Key.ceiling).values(spent=Key.spent + cost))
    if spent.rowcount == 0:
        raise HTTPException(402)
    await session.commit()
