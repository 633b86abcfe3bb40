"""A row is found by a column of which no constraint says that it is unique, and written by the same column or by its own number."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/depot"))
app = FastAPI()


async def session():
    async with Session() as one:
        yield one


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"))
    balance: Mapped[int] = mapped_column(default=0)


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"))
    balance: Mapped[int] = mapped_column(default=0)
    colour: Mapped[str] = mapped_column(default="")


class DeviceToken(Base):
    __tablename__ = "device_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"))
    token: Mapped[str]


@app.put("/holders/{holder_id}/device")
async def change_device(holder_id: int, token: str, db: AsyncSession = Depends(session)):
    device = (await db.execute(select(DeviceToken).where(DeviceToken.holder_id == holder_id))).scalars().first()
    if device and device.token == token:  # want MB101 "device_tokens.token"
        return
    await db.execute(update(DeviceToken).where(DeviceToken.holder_id == holder_id).values(token=token))
    await db.commit()


@app.post("/holders/{holder_id}/deposit")
async def deposit(holder_id: int, amount: int, db: AsyncSession = Depends(session)):
    found = await db.execute(select(Account).where(Account.holder_id == holder_id))  # step MB101 read
    account = found.scalars().first()
    if account is None:
        raise HTTPException(404)
    await db.execute(update(Account).where(Account.holder_id == holder_id).values(balance=account.balance + amount))  # want MB101 "accounts.balance"
    await db.commit()


@app.post("/holders/{holder_id}/interest")
async def interest(holder_id: int, rate: int, db: AsyncSession = Depends(session)):
    account = (await db.execute(select(Account).where(Account.holder_id == holder_id))).scalars().first()
    await db.execute(update(Account).where(Account.id == account.id).values(balance=account.balance * rate))  # want MB101 "accounts.balance"
    await db.commit()


@app.post("/holders/{holder_id}/withdraw")
async def withdraw(holder_id: int, amount: int, db: AsyncSession = Depends(session)):
    account = (await db.execute(select(Account).where(Account.holder_id == holder_id))).scalars().first()
    if account.balance < amount:  # want MB102 "accounts.balance"
        raise HTTPException(402)
    await db.execute(update(Account).where(Account.holder_id == holder_id).values(balance=Account.balance - amount))
    await db.commit()


@app.post("/purses/{holder_id}/locked")
async def locked_ok(holder_id: int, amount: int, db: AsyncSession = Depends(session)):
    found = await db.execute(select(Purse).where(Purse.holder_id == holder_id).with_for_update())
    purse = found.scalars().first()
    await db.execute(update(Purse).where(Purse.holder_id == holder_id).values(balance=purse.balance + amount))
    await db.commit()


@app.post("/purses/{holder_id}/counted")
async def counted_ok(holder_id: int, amount: int, db: AsyncSession = Depends(session)):
    purse = (await db.execute(select(Purse).where(Purse.holder_id == holder_id))).scalars().first()
    if purse is None:
        raise HTTPException(404)
    await db.execute(update(Purse).where(Purse.holder_id == holder_id).values(balance=Purse.balance + amount))
    await db.commit()


@app.post("/purses/{holder_id}/guarded")
async def guarded_ok(holder_id: int, amount: int, db: AsyncSession = Depends(session)):
    purse = (await db.execute(select(Purse).where(Purse.holder_id == holder_id))).scalars().first()
    if purse.balance < amount:
        raise HTTPException(402)
    taken = await db.execute(
        update(Purse).where(Purse.holder_id == holder_id, Purse.balance >= amount).values(balance=Purse.balance - amount)
    )
    if taken.rowcount == 0:
        raise HTTPException(409)
    await db.commit()


@app.post("/purses/{holder_id}/colour")
async def colour_ok(holder_id: int, colour: str, db: AsyncSession = Depends(session)):
    purse = (await db.execute(select(Purse).where(Purse.holder_id == holder_id))).scalars().first()
    await db.execute(update(Purse).where(Purse.id == purse.id).values(colour=colour))
    await db.commit()
