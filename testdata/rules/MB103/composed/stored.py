"""The berths of the database."""
from sqlalchemy import select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    harbour: Mapped[int]
    ship: Mapped[str]
    name: Mapped[str] = mapped_column(default="")


def as_dict(row):
    return {"id": row.id, "harbour": row.harbour, "ship": row.ship, "name": row.name}


class BerthsInTable:
    def __init__(self, sessions):
        self._sessions = sessions

    async def of(self, harbour, ship):
        async with self._sessions() as db:
            found = await db.execute(select(Berth).where(Berth.harbour == harbour, Berth.ship == ship))
            row = found.scalars().first()
            return as_dict(row) if row else None

    async def moor(self, harbour, ship):
        async with self._sessions() as db:
            row = Berth(harbour=harbour, ship=ship)
            db.add(row)  # want MB103 "harbour"
            await db.commit()
            return as_dict(row)

    async def rename(self, harbour, ship, name):
        async with self._sessions() as db:
            await db.execute(update(Berth).where(Berth.harbour == harbour, Berth.ship == ship).values(name=name))
            await db.commit()
