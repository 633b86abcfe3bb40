from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/app")
Session = async_sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Profile(Base):
    __tablename__ = "profiles"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    visible: Mapped[bool]
    points: Mapped[int]


class Change(BaseModel):
    email: str | None = None
    visible: bool | None = None


async def db():
    async with Session() as session:
        yield session
        await session.commit()


app = FastAPI()


# A condition that only spares a write decides nothing: the row holds the client's value in the end, with it or without it.
@app.patch("/profiles/{id}")
async def change(id: int, body: Change, session: AsyncSession = Depends(db)):
    profile = await session.get(Profile, id)
    if profile is None:
        raise HTTPException(404)
    if body.email is not None and body.email.lower() != profile.email.lower():
        profile.email = body.email
    if body.visible is not None and profile.visible != body.visible:
        profile.visible = body.visible
    return profile


# Here what is written is computed from what was read.
@app.post("/profiles/{id}/points")
async def earn(id: int, n: int, session: AsyncSession = Depends(db)):
    profile = await session.get(Profile, id)
    if profile is None:
        raise HTTPException(404)
    profile.points = profile.points + n  # want MB101 "points"
    return profile
