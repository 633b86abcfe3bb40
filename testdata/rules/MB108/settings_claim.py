"""A settings row that is claimed by a guarded update decides who is the first."""
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/install"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Setup(Base):
    __tablename__ = "setup"

    id: Mapped[int] = mapped_column(primary_key=True)
    claimed: Mapped[bool] = mapped_column(default=False)


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    role: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


@app.post("/register")
async def register(email: str, db: Annotated[AsyncSession, Depends(get_db)]):
    claim = await db.execute(update(Setup).where(Setup.id == 1, Setup.claimed.is_(False)).values(claimed=True))
    db.add(Person(email=email, role="owner" if claim.rowcount == 1 else "user"))
    await db.commit()
