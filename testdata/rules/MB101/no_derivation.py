"""Values that do not come from the row, and rows that nobody else knows yet."""
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import DateTime, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/profiles"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Profile(Base):
    __tablename__ = "profiles"

    id: Mapped[int] = mapped_column(primary_key=True)
    bio: Mapped[str] = mapped_column(default="")
    visits: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ProfileIn(BaseModel):
    bio: str


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.put("/profiles/{profile_id}")
async def change(profile_id: int, body: ProfileIn, db: DB):
    profile = await db.get(Profile, profile_id)
    if profile is None:
        raise HTTPException(404)
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(profile, name, value)
    profile.seen_at = datetime.now(UTC)
    await db.commit()


@app.post("/profiles")
async def create(body: ProfileIn, db: DB):
    profile = Profile(bio=body.bio)
    db.add(profile)
    await db.flush()
    profile.visits = (profile.visits or 0) + 1
    await db.commit()
    return {"id": profile.id}


@app.get("/profiles")
async def newest(db: DB):
    rows = (await db.scalars(select(Profile).order_by(Profile.id.desc()).limit(10))).all()
    total = sum(row.visits for row in rows)
    return {"visits": total}
