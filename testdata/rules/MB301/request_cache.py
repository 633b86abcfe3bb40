"""FastAPI remembers a dependency for one request only: that is no cache of permissions."""
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/chat"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]


class Room(Base):
    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def role(x_member: Annotated[int, Header()], db: DB) -> str:
    return await db.scalar(select(Member.role).where(Member.id == x_member)) or "guest"


def moderator(role: Annotated[str, Depends(role, use_cache=True)]) -> None:
    if role != "moderator":
        raise HTTPException(403)


@app.put("/rooms/{room_id}/topic", dependencies=[Depends(moderator)])
async def set_topic(room_id: int, topic: str, role: Annotated[str, Depends(role)], db: DB):
    await db.execute(update(Room).where(Room.id == room_id).values(topic=f"{topic} ({role})"))
    await db.commit()


@app.put("/members/{member_id}/role", dependencies=[Depends(moderator)])
async def set_role(member_id: int, role_name: str, db: DB):
    await db.execute(update(Member).where(Member.id == member_id).values(role=role_name))
    await db.commit()
