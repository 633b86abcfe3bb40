"""Fields are set by names that the request gives, of which only those of a list are taken."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/depot"))
app = FastAPI()
OPEN_TO_ALL = ("label", "note")


async def session():
    async with Session() as one:
        yield one


class Base(DeclarativeBase):
    pass


class Pallet(Base):
    __tablename__ = "pallets"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="open")
    label: Mapped[str] = mapped_column(default="")


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="open")
    label: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


@app.patch("/pallets/{pallet_id}")
async def state_among_them(pallet_id: int, fields: dict, db: AsyncSession = Depends(session)):
    pallet = await db.get(Pallet, pallet_id)
    if pallet.state != "open":  # step MB107 check
        raise HTTPException(409)
    for name, value in fields.items():
        if name in {"label", "state"}:
            setattr(pallet, name, value)  # want MB107 "pallets.state"
    await db.commit()


@app.patch("/crates/{crate_id}")
async def some_fields_ok(crate_id: int, fields: dict, db: AsyncSession = Depends(session)):
    crate = await db.get(Crate, crate_id)
    if crate.state != "open":
        raise HTTPException(409)
    allowed = {"label", "note"}
    for name, value in fields.items():
        if name in allowed and value is not None:
            setattr(crate, name, value)
    await db.commit()


@app.put("/crates/{crate_id}")
async def others_skipped_ok(crate_id: int, fields: dict, db: AsyncSession = Depends(session)):
    crate = await db.get(Crate, crate_id)
    if crate.state != "open":
        raise HTTPException(409)
    for name in fields:
        if name not in OPEN_TO_ALL:
            continue
        setattr(crate, name, fields[name])
    await db.commit()
