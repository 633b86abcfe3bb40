"""Functions that decide on permissions and remember their answers, each with another library's decorator."""
from typing import Annotated

from aiocache import Cache, cached, caches
from async_lru import alru_cache
from cachetools import TTLCache, cached as kept
from cachetools.func import ttl_cache
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi_cache.decorator import cache
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/notes"), expire_on_commit=False)
app = FastAPI()
store = Cache(Cache.MEMORY)


class Base(DeclarativeBase):
    pass


class Writer(Base):
    __tablename__ = "writers"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    banned: Mapped[bool]
    scopes: Mapped[str]
    is_admin: Mapped[bool]
    disabled: Mapped[bool]
    permissions: Mapped[str]
    native_role: Mapped[str]


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]
Who = Annotated[int, Header(alias="X-Who")]


async def column(name, who: int):
    async with Session() as db:
        return await db.scalar(select(name).where(Writer.id == who))


@alru_cache(maxsize=1000, ttl=900)
async def role_of(who: int) -> str:
    async with Session() as db:
        return await db.scalar(select(Writer.role).where(Writer.id == who))


@cached(ttl=3600)
async def is_banned(who: int) -> bool:
    async with Session() as db:
        return await db.scalar(select(Writer.banned).where(Writer.id == who))


@cache(expire=600)
async def scopes_of(who: int) -> str:
    async with Session() as db:
        return await db.scalar(select(Writer.scopes).where(Writer.id == who))


@kept(cache=TTLCache(maxsize=100, ttl=1800))
async def is_admin(who: int) -> bool:
    async with Session() as db:
        return await db.scalar(select(Writer.is_admin).where(Writer.id == who))


@alru_cache
async def native_role(who: int) -> str:
    async with Session() as db:
        return await db.scalar(select(Writer.native_role).where(Writer.id == who))


async def disabled(who: int) -> bool:
    known = await store.get(f"off:{who}")
    if known is None:
        async with Session() as db:
            known = await db.scalar(select(Writer.disabled).where(Writer.id == who))
        await store.set(f"off:{who}", known, ttl=300)
    return known


async def burn(db: AsyncSession, note_id: int) -> None:
    await db.execute(delete(Note).where(Note.id == note_id))
    await db.commit()


@app.delete("/notes/{note_id}/a")
async def burn_a(note_id: int, who: Who, db: DB):
    if await role_of(who) != "chief":  # want MB301 "role"
        raise HTTPException(403)
    await burn(db, note_id)


@app.delete("/notes/{note_id}/b")
async def burn_b(note_id: int, who: Who, db: DB):
    if await is_banned(who):  # want MB301 "banned"
        raise HTTPException(403)
    await burn(db, note_id)


@app.delete("/notes/{note_id}/c")
async def burn_c(note_id: int, who: Who, db: DB):
    if "burn" not in await scopes_of(who):  # want MB301 "scopes"
        raise HTTPException(403)
    await burn(db, note_id)


@app.delete("/notes/{note_id}/d")
async def burn_d(note_id: int, who: Who, db: DB):
    if not await is_admin(who):  # want MB301 "is_admin"
        raise HTTPException(403)
    await burn(db, note_id)


@app.delete("/notes/{note_id}/e")
async def burn_e(note_id: int, who: Who, db: DB):
    if await disabled(who):  # want MB301 "disabled"
        raise HTTPException(403)
    await burn(db, note_id)


@app.delete("/notes/{note_id}/native")
async def burn_native(note_id: int, who: Who, db: DB):
    if await native_role(who) != "chief":  # no route changes it
        raise HTTPException(403)
    await burn(db, note_id)


@app.get("/notes")
@cache(expire=60)
async def listing(db: DB):
    return (await db.scalars(select(Note.text))).all()


@app.put("/writers/{writer_id}")
async def change(writer_id: int, role: str, banned: bool, scopes: str, is_admin: bool, off: bool, db: DB):
    await db.execute(
        update(Writer).where(Writer.id == writer_id).values(role=role, banned=banned, scopes=scopes, is_admin=is_admin, disabled=off)
    )
    await db.commit()
