from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from .ports import Kennels, Ledger

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/shelter"))


class Base(DeclarativeBase):
    pass


class Dog(Base):
    __tablename__ = "dogs"

    id: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str]


class Stray(Base):
    __tablename__ = "strays"

    chip: Mapped[str] = mapped_column(primary_key=True)


class Donor(Base):
    __tablename__ = "donors"

    name: Mapped[str] = mapped_column(primary_key=True)
    cents: Mapped[int] = mapped_column(default=0)


class SqlKennels(Kennels):
    async def by_tag(self, tag: str) -> Dog | None:
        async with Session() as session:
            return await session.scalar(select(Dog).where(Dog.tag == tag))

    async def admit(self, tag: str) -> int:
        async with Session() as session:
            dog = Dog(tag=tag)
            session.add(dog)
            await session.commit()
            return dog.id

    async def release(self, tag: str) -> bool:
        async with Session() as session:
            gone = await session.execute(delete(Dog).where(Dog.tag == tag))
            await session.commit()
            return gone.rowcount > 0


class SqlStrays:
    async def note(self, chip: str) -> None:
        async with Session() as session:
            if await session.get(Stray, chip) is not None:
                return
            await session.execute(insert(Stray).values(chip=chip).on_conflict_do_nothing())
            await session.commit()


class SqlLedger(Ledger):
    async def total(self, donor: str) -> int | None:
        async with Session() as session:
            return await session.scalar(select(Donor.cents).where(Donor.name == donor))

    async def add(self, donor: str, cents: int) -> None:
        async with Session() as session:
            await session.execute(update(Donor).where(Donor.name == donor).values(cents=Donor.cents + cents))
            await session.commit()


class PaperLedger(Ledger):
    pages: dict[str, int] = {}

    async def total(self, donor: str) -> int | None:
        return self.pages.get(donor)

    async def add(self, donor: str, cents: int) -> None:
        self.pages[donor] = self.pages.get(donor, 0) + cents
