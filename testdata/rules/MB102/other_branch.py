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
    parent: Mapped[str | None] = mapped_column(String)
    held: Mapped[int] = mapped_column(BigInteger)
    ceiling: Mapped[int] = mapped_column(BigInteger)


@app.post("/share")
async def share(payer: str, hashed: str, cost: int, session: AsyncSession = Depends(get_db)):
    key = await session.get(Key, hashed)
    if key.parent is None:
        await session.execute(update(Key).where(Key.hashed == payer, Key.held >= 1).values(held=Key.held + 1))
        await session.commit()
        return
    if key.held + cost > key.ceiling:  # want MB102 "keys.held"
        raise HTTPException(402)
    await session.execute(update(Key).where(Key.hashed == key.hashed).values(held=Key.held + cost))
    await session.commit()
