"""What is kept is given as it is; only where the dictionary says that it has nothing the table is asked, and the answer kept."""
from typing import Annotated

from cachetools import TTLCache
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/vaults"))
app = FastAPI()
kept: TTLCache[int, frozenset[str]] = TTLCache(maxsize=1000, ttl=3600)


class Base(DeclarativeBase):
    pass


class Right(Base):
    __tablename__ = "rights"

    keeper_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Vault(Base):
    __tablename__ = "vaults"

    id: Mapped[int] = mapped_column(primary_key=True)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]
Keeper = Annotated[int, Header(alias="X-Keeper")]


async def rights_of(db: AsyncSession, keeper_id: int) -> frozenset[str]:
    return frozenset(await db.scalars(select(Right.name).where(Right.keeper_id == keeper_id)))


async def kept_rights_of(db: AsyncSession, keeper_id: int) -> frozenset[str]:
    try:
        return kept[keeper_id]
    except KeyError:
        pass
    kept[keeper_id] = await rights_of(db, keeper_id)
    return kept[keeper_id]


@app.delete("/vaults/{vault_id}")
async def wall_up(vault_id: int, keeper: Keeper, db: DB):
    if "wall-up" not in await kept_rights_of(db, keeper):  # want MB301 "rights"
        raise HTTPException(403)
    await db.execute(delete(Vault).where(Vault.id == vault_id))
    await db.commit()


@app.delete("/vaults/{vault_id}/now")
async def wall_up_now(vault_id: int, keeper: Keeper, db: DB):
    if "wall-up" not in await rights_of(db, keeper):
        raise HTTPException(403)
    await db.execute(delete(Vault).where(Vault.id == vault_id))
    await db.commit()


@app.delete("/keepers/{keeper_id}/rights/{name}")
async def revoke(keeper_id: int, name: str, db: DB):
    await db.execute(delete(Right).where(Right.keeper_id == keeper_id, Right.name == name))
    await db.commit()
