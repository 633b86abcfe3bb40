"""A row that a caller loaded is checked and changed; relationships that were loaded with it stay loaded."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

factory = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/passes"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Pass(Base):
    __tablename__ = "passes"
    id: Mapped[int] = mapped_column(primary_key=True)
    rides: Mapped[int]
    devices_max: Mapped[int]
    devices: Mapped[list["Device"]] = relationship(back_populates="holder")


class Device(Base):
    __tablename__ = "devices"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    pass_id: Mapped[int] = mapped_column(ForeignKey("passes.id"))
    holder: Mapped[Pass] = relationship(back_populates="devices")


async def get_db():
    async with factory() as session:
        yield session


class Passes:
    async def ride(self, session: AsyncSession, held: Pass) -> Pass:
        if held.rides < 1:
            raise HTTPException(
                status_code=402,
                detail="no rides left",
            )
        held.rides -= 1
        await session.commit()
        return held

    async def count(self, session: AsyncSession, held: Pass) -> int:
        return await session.scalar(select(func.count()).where(Device.pass_id == held.id))

    async def register(self, session: AsyncSession, held: Pass, name: str) -> Device:
        if await self.count(session, held) >= held.devices_max:
            print("refused", held.id)
            raise HTTPException(409, "too many devices")
        device = Device(name=name, pass_id=held.id)
        session.add(device)
        await session.commit()
        return device


async def load(pass_id: int, session: AsyncSession = Depends(get_db)) -> Pass:
    held = await session.get(Pass, pass_id)
    if held is None:
        raise HTTPException(404)
    return held


@app.get("/passes/{pass_id}")
async def show(held: Pass = Depends(load)):
    return {"rides": held.rides}


@app.post("/passes/{pass_id}/rides")
async def ride(held: Pass = Depends(load), session: AsyncSession = Depends(get_db)):
    return {"rides": (await Passes().ride(session, held)).rides}


@app.post("/passes/{pass_id}/devices")
async def register(name: str, held: Pass = Depends(load), session: AsyncSession = Depends(get_db)):
    return {"id": (await Passes().register(session, held, name)).id}
