"""What is looked for where no row can be locked and no constraint says it: PostgreSQL locks the value, in the function that looks or, where others read through that, in the one that calls it."""
from typing import Annotated
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/invites"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Invite(Base):
    __tablename__ = "invites"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    used: Mapped[bool]
    ends: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


class Invites:
    def __init__(self, db: AsyncSession):
        self.db = db

    async def unused(self, email: str, now: int):
        return await self.db.scalar(select(Invite).where(Invite.email == email, Invite.used.is_(False), Invite.ends > now))

    async def add(self, email: str, ends: int):
        self.db.add(Invite(email=email, used=False, ends=ends))
        await self.db.flush()


class Service:
    def __init__(self, db: AsyncSession):
        self.db = db
        self.invites = Invites(db)

    async def invite(self, email: str, now: int):
        if await self.invites.unused(email, now):
            raise HTTPException(409)
        await self.invites.add(email, now + 7)
        await self.db.commit()


@app.post("/invites/{email}")
async def invite(email: str, now: int, db: Annotated[AsyncSession, Depends(get_db)]):
    await Service(db).invite(email, now)


@app.get("/invites/{email}")
async def show(email: str, now: int, db: Annotated[AsyncSession, Depends(get_db)]):
    return await Invites(db).unused(email, now)


@app.post("/limits/{email}")
async def limited(email: str, now: int, db: Annotated[AsyncSession, Depends(get_db)]):
    count = await db.scalar(select(func.count()).select_from(Invite).where(Invite.email == email))
    if count >= 3:
        raise HTTPException(409)
    db.add(Invite(email=email, used=False, ends=now))
    await db.commit()


async def by(db: AsyncSession, column: str, value: str):
    return await db.scalar(select(Invite).where(getattr(Invite, column) == value))


@app.post("/guests/{email}")
async def guest(email: str, db: Annotated[AsyncSession, Depends(get_db)]):
    invited = await by(db, "email", email)
    if invited and invited.used:
        raise HTTPException(409)
    db.add(Invite(email=email, used=False, ends=0))
    await db.commit()


@app.get("/guests/{email}")
async def guests(email: str, db: Annotated[AsyncSession, Depends(get_db)]):
    return await by(db, "email", email)
