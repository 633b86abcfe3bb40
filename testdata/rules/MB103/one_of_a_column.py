"""One value is looked for among those of a column: it is that row which must not be there twice."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import UniqueConstraint, desc, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/kennel"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Dog(Base):
    __tablename__ = "dogs"

    id: Mapped[int] = mapped_column(primary_key=True)
    call: Mapped[str]


class OldCall(Base):
    __tablename__ = "old_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    dog_id: Mapped[int]
    call: Mapped[str]


class Trick(Base):
    __tablename__ = "tricks"

    id: Mapped[int] = mapped_column(primary_key=True)
    dog_id: Mapped[int]
    name: Mapped[str]


class Vaccination(Base):
    __tablename__ = "vaccinations"
    __table_args__ = (UniqueConstraint("dog_id", "illness"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dog_id: Mapped[int]
    illness: Mapped[str]
    batch: Mapped[str]


# What goes into the history is not what must not be in it.
@app.put("/dogs/{dog_id}/call")
async def rename(dog_id: int, wanted: str, db: DB):
    used = (await db.scalars(select(OldCall.call).where(OldCall.dog_id == dog_id).order_by(desc(OldCall.id)).limit(5))).all()
    if wanted in used:
        raise HTTPException(409)
    dog = await db.get(Dog, dog_id, with_for_update=True)
    db.add(OldCall(dog_id=dog_id, call=dog.call))
    dog.call = wanted
    await db.commit()


@app.post("/dogs/{dog_id}/tricks")
async def teach(dog_id: int, name: str, db: DB):
    known = (await db.scalars(select(Trick.name).where(Trick.dog_id == dog_id))).all()
    if name in known:
        raise HTTPException(409)
    db.add(Trick(dog_id=dog_id, name=name))  # want MB103 "race on tricks.dog_id, name"
    await db.commit()


# What is made of the value that was looked for is looked for as well.
@app.post("/dogs/{dog_id}/tricks/short")
async def teach_short(dog_id: int, name: str, db: DB):
    known = (await db.scalars(select(Trick.name).where(Trick.dog_id == dog_id))).all()
    if name.strip() in known:
        raise HTTPException(409)
    db.add(Trick(dog_id=dog_id, name=name[:20]))  # want MB103 "race on tricks.dog_id, name"
    await db.commit()


@app.post("/dogs/{dog_id}/vaccinations")
async def vaccinate(dog_id: int, illness: str, db: DB):
    done = (await db.scalars(select(Vaccination.illness).where(Vaccination.dog_id == dog_id))).all()
    if illness in done:
        raise HTTPException(409)
    db.add(Vaccination(dog_id=dog_id, illness=illness))  # want MB104 "vaccinations"
    await db.commit()


# The key keeps each illness from being there twice, whatever else the new rows say.
@app.post("/dogs/{dog_id}/vaccinations/all")
async def vaccinate_all(dog_id: int, illnesses: list[str], batch: str, db: DB):
    done = set((await db.scalars(select(Vaccination.illness).where(Vaccination.dog_id == dog_id))).all())
    if any(illness in done for illness in illnesses):
        raise HTTPException(409)
    try:
        for illness in illnesses:
            db.add(Vaccination(dog_id=dog_id, illness=illness, batch=batch))
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


# How many there may be is another question.
@app.post("/dogs/{dog_id}/vaccinations/few")
async def vaccinate_few(dog_id: int, illness: str, batch: str, db: DB):
    done = (await db.scalars(select(Vaccination.illness).where(Vaccination.dog_id == dog_id))).all()
    if illness in done or len(done) >= 5:  # want MB105 "below the limit"
        raise HTTPException(409)
    try:
        db.add(Vaccination(dog_id=dog_id, illness=illness, batch=batch))
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
