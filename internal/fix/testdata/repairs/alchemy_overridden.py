"""A repository for all models, of which some have a way of their own to load a row: who asks for the lock may ask any of them."""
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/parcels"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    state: Mapped[str]


class Driver(Base):
    __tablename__ = "drivers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    gone: Mapped[bool]


class Depot(Base):
    __tablename__ = "depots"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    def __init__(self, session: AsyncSession, model: type[M]):
        self.session = session
        self.model = model

    async def by_id(self,
                    key: int,
                    fresh: bool = False) -> M | None:
        query = select(self.model).where(self.model.id == key)
        result = await self.session.execute(query)
        return result.scalar_one_or_none()

    async def by(self, column: str, value: Any, **options: Any) -> M | None:
        result = await self.session.execute(
            select(self.model).where(getattr(self.model, column) == value)
        )
        return result.scalar_one_or_none()

    async def save(self, row: M) -> None:
        self.session.add(row)
        await self.session.commit()


class Parcels(Repository[Parcel]):
    def __init__(self, session: AsyncSession):
        super().__init__(session, Parcel)


class Drivers(Repository[Driver]):
    def __init__(self, session: AsyncSession):
        super().__init__(session, Driver)

    # Those who are gone are found by nobody.
    async def by_id(self, key, fresh=False):
        result = await self.session.execute(select(Driver).where(Driver.id == key, Driver.gone.is_(False)))
        return result.scalar_one_or_none()

    async def by(self, column, value, **options):
        if not hasattr(Driver, column):
            return None
        return await super().by(column, value, **options)


# It has no session of its own.
class Delivery:
    def __init__(self, parcels: Parcels):
        self.parcels = parcels

    async def parcel(self, key: int) -> Parcel:
        parcel = await self.parcels.by_id(key, fresh=True)
        if parcel is None:
            raise HTTPException(404)
        return parcel

    async def deliver(self, key: int) -> None:
        parcel = await self.parcel(key)
        if parcel.state != "sent":
            raise HTTPException(409, "is not on its way")
        parcel.state = "delivered"
        await self.parcels.save(parcel)

    async def lose(self, code: str) -> None:
        parcel = await self.parcels.by("code", code)
        if parcel is None or parcel.state == "delivered":
            raise HTTPException(409, "is there already")
        parcel.state = "lost"
        await self.parcels.save(parcel)

    async def damage(self, code_as_on_the_label: str) -> None:
        parcel = await self.parcels.by(column="code", value=code_as_on_the_label, options=(Parcel.id, Parcel.state))
        if parcel is None or parcel.state != "sent":
            raise HTTPException(409, "is not on its way")
        parcel.state = "damaged"
        await self.parcels.save(parcel)


async def get_db():
    async with Session() as session:
        yield session


Db = Annotated[AsyncSession, Depends(get_db)]


@app.get("/parcels/{key}")
async def show(key: int, db: Db):
    return await Parcels(db).by_id(key)


@app.get("/drivers/{key}")
async def driver(key: int, db: Db):
    return await Drivers(db).by_id(key)


@app.get("/drivers/named/{name}")
async def named(name: str, db: Db):
    return await Drivers(db).by("name", name)


@app.get("/depots/{code}")
async def depot(code: str, db: Db):
    return await Repository(db, Depot).by("code", code)


@app.post("/parcels/{key}/deliver")
async def deliver(key: int, db: Db):
    await Delivery(Parcels(db)).deliver(key)


@app.post("/parcels/{code}/lose")
async def lose(code: str, db: Db):
    await Delivery(Parcels(db)).lose(code)


@app.post("/parcels/{code}/damage")
async def damage(code: str, db: Db):
    await Delivery(Parcels(db)).damage(code)
