"""Who takes a role from somebody had his own looked up in a copy, which another caller of the same endpoint makes old."""
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/guild"))
app = FastAPI()
known: dict[int, frozenset[str]] = {}


class Base(DeclarativeBase):
    pass


class Rank(Base):
    __tablename__ = "ranks"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


async def loaded(user_id: int) -> frozenset[str]:
    async with Session() as session:
        return frozenset(await session.scalars(select(Rank.role).where(Rank.user_id == user_id)))


async def roles(user_id: int) -> frozenset[str]:
    if user_id not in known:
        known[user_id] = await loaded(user_id)
    return known[user_id]


async def master(x_user: int = Header()) -> int:
    if "master" not in await roles(x_user):  # want MB301 "ranks"
        raise HTTPException(403)
    return x_user


async def master_now(x_user: int = Header()) -> int:
    if "master" not in await loaded(x_user):
        raise HTTPException(403)
    return x_user


@app.delete("/members/{user_id}/ranks/{role}")
async def take(user_id: int, role: str, by: int = Depends(master)):
    async with Session.begin() as session:
        await session.execute(delete(Rank).where(Rank.user_id == user_id, Rank.role == role))


@app.delete("/members/{user_id}/ranks/{role}/now")
async def take_now(user_id: int, role: str, by: int = Depends(master_now)):
    async with Session.begin() as session:
        await session.execute(delete(Rank).where(Rank.user_id == user_id, Rank.role == role))


# Who gives up his own rank takes it from nobody else.
@app.delete("/me/ranks/{role}")
async def give_up(role: str, by: int = Depends(master_now)):
    async with Session.begin() as session:
        await session.execute(delete(Rank).where(Rank.user_id == by, Rank.role == role))
