from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="stored")


class Crates:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_id(self, crate_id: int) -> Crate:
        return (await self._session.execute(select(Crate).where(Crate.id == crate_id))).scalar_one()

    async def lock(self, crate_id: int) -> Crate:
        return (
            await self._session.execute(select(Crate).where(Crate.id == crate_id).with_for_update())
        ).scalar_one()
