"""A copy holds many columns of a row. A decision grows old by those that it looks at, and not by the others."""
import time
from datetime import datetime, timedelta

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()
engine = create_async_engine("postgresql+asyncpg://club")
Session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    email: Mapped[str] = mapped_column(primary_key=True)
    is_active: Mapped[bool]
    is_admin: Mapped[bool]
    attempts: Mapped[int]
    locked_until: Mapped[datetime | None]
    must_change: Mapped[bool]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]


async def get_db():
    async with Session() as s:
        yield s


class Entry:
    def __init__(self, value, expiry):
        self.value, self.expiry = value, expiry

    def is_expired(self):
        return time.time() >= self.expiry


cache: dict[str, Entry] = {}


def as_dict(u: User) -> dict:
    return {"email": u.email, "is_active": u.is_active, "is_admin": u.is_admin, "locked_until": u.locked_until, "must_change": u.must_change}


def as_user(d: dict) -> User:
    return User(email=d["email"], is_active=d.get("is_active", True), is_admin=d.get("is_admin"), locked_until=d.get("locked_until"))


async def find(s: AsyncSession, email: str):
    entry = cache.get(email)
    if entry and not entry.is_expired():
        return as_user(entry.value)
    user = (await s.execute(select(User).where(User.email == email))).scalar_one_or_none()
    if user is not None:
        cache[email] = Entry(as_dict(user), time.time() + 300)
    return user


@app.post("/notes")
async def note(email: str, s: AsyncSession = Depends(get_db)):
    user = await find(s, email)
    if user and user.is_active:  # nobody makes an account inactive, and a lock on it is not asked about
        s.add(Note(email=email))
        await s.commit()


@app.post("/purge")
async def purge(email: str, s: AsyncSession = Depends(get_db)):
    user = await find(s, email)
    if not user or not user.is_admin:  # want MB301 "users.is_admin"
        raise HTTPException(403)
    s.add(Note(email=email))
    await s.commit()


@app.post("/register")
async def register(email: str, s: AsyncSession = Depends(get_db)):
    if await find(s, email):  # relies on nobody's right
        raise HTTPException(409)
    s.add(User(email=email, is_active=True, is_admin=False, attempts=0, must_change=False))
    await s.commit()


@app.post("/login")
async def login(email: str, password: str, s: AsyncSession = Depends(get_db)):
    user = (await s.execute(select(User).where(User.email == email))).scalar_one_or_none()
    if user is None:
        raise HTTPException(401)
    if password != "x":
        user.attempts = User.attempts + 1
        user.locked_until = datetime.now() + timedelta(minutes=5)
        await s.commit()
        raise HTTPException(401)
    user.must_change = True
    await s.commit()


@app.post("/demote")
async def demote(email: str, s: AsyncSession = Depends(get_db)):
    user = await s.get(User, email)
    user.is_admin = False
    await s.commit()
