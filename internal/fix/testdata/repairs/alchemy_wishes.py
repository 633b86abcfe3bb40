"""A repository that locks when it is asked to, by a word of its own: who acts asks so, through whatever hands the wish on."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/bills"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Bill(Base):
    __tablename__ = "bills"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    sum: Mapped[int]


class Bills:
    def __init__(self, db: AsyncSession):
        self.db = db

    async def _load(self, key: int, *, exclusive: bool = False) -> Bill | None:
        statement = select(Bill).where(Bill.id == key)
        if exclusive:
            statement = statement.with_for_update()
        return (await self.db.execute(statement)).scalar_one_or_none()

    async def get(self, key: int, *, exclusive: bool = False) -> Bill:
        bill = await self._load(key, exclusive=exclusive)
        if bill is None:
            raise HTTPException(404)
        return bill

    async def save(self) -> None:
        await self.db.commit()


class Cashier:
    def __init__(self, bills: Bills):
        self.bills = bills

    async def pay(self, key: int) -> None:
        bill = await self.bills.get(key)
        if bill.state != "open":
            raise HTTPException(409, "is not open")
        bill.state = "paid"
        await self.bills.save()

    # It says that it wants no lock.
    async def lower(self, key: int, by: int) -> None:
        bill = await self.bills.get(key, exclusive=False)
        if bill.sum < by:
            raise HTTPException(409, "is not as much")
        bill.state = "lowered" if bill.state == "open" else bill.state
        await self.bills.save()


async def get_db():
    async with Session() as session:
        yield session


Db = Annotated[AsyncSession, Depends(get_db)]


@app.get("/bills/{key}")
async def show(key: int, db: Db):
    return await Bills(db).get(key)


@app.post("/bills/{key}/pay")
async def pay(key: int, db: Db):
    await Cashier(Bills(db)).pay(key)


@app.post("/bills/{key}/lower")
async def lower(key: int, by: int, db: Db):
    await Cashier(Bills(db)).lower(key, by)
