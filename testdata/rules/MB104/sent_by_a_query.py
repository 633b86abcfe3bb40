"""A pending row is sent by the next query of its session, where nobody waits for its error yet."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ferry"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Vessel(Base):
    __tablename__ = "vessels"
    __table_args__ = (UniqueConstraint("port", "call_sign", name="one_call_sign"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    port: Mapped[str]
    call_sign: Mapped[str]


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    vessel_id: Mapped[int] = mapped_column(ForeignKey("vessels.id"))
    name: Mapped[str] = mapped_column(unique=True)


async def get_db():
    async with Session() as session:
        yield session
        await session.commit()


DB = Annotated[AsyncSession, Depends(get_db)]


async def berth_for(db: AsyncSession, vessel: Vessel, name: str) -> Berth:
    berth = await db.scalar(select(Berth).where(Berth.name == name))
    if berth is not None:
        return berth
    berth = Berth(vessel_id=vessel.id, name=name)
    try:
        db.add(berth)
        await db.flush()
    except IntegrityError:
        raise HTTPException(409, "taken")
    return berth


@app.post("/ports/{port}/vessels")
async def register(port: str, call_sign: str, berth: str, db: DB):
    errors = []
    if await db.scalar(select(Vessel).where(Vessel.port == port, Vessel.call_sign == call_sign)):
        errors.append("call sign in use")
    if errors:
        raise HTTPException(422, errors)
    vessel = Vessel(port=port, call_sign=call_sign)
    db.add(vessel)  # want MB104 "call_sign"
    await berth_for(db, vessel, berth)
    return {"vessel": vessel.id}


@app.post("/v2/ports/{port}/vessels")
async def register_and_answer(port: str, call_sign: str, berth: str, db: DB):
    if await db.scalar(select(Vessel).where(Vessel.port == port, Vessel.call_sign == call_sign)):
        raise HTTPException(422, "call sign in use")
    try:
        vessel = Vessel(port=port, call_sign=call_sign)
        db.add(vessel)
        await berth_for(db, vessel, berth)
    except IntegrityError as e:
        if "one_call_sign" in str(e):
            raise HTTPException(422, "call sign in use") from e
        raise
    return {"vessel": vessel.id}
