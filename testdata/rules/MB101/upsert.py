"""A row is added, or overwritten with what was worked out from an earlier read of it; or counted up where it stands."""
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/mills"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Sacks(Base):
    __tablename__ = "sacks"

    mill: Mapped[str] = mapped_column(primary_key=True)
    filled: Mapped[int]
    owner: Mapped[str | None]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/mills/{mill}/sacks")
async def fill(mill: str, sacks: int, db: DB):
    before = await db.scalar(select(Sacks.filled).where(Sacks.mill == mill)) or 0
    stmt = insert(Sacks).values(mill=mill, filled=before + sacks)
    await db.execute(stmt.on_conflict_do_update(index_elements=[Sacks.mill], set_={"filled": stmt.excluded.filled}))  # want MB101 "filled"
    await db.commit()


@app.post("/mills/{mill}/sacks/counted")
async def fill_counted(mill: str, sacks: int, db: DB):
    stmt = insert(Sacks).values(mill=mill, filled=sacks)
    stmt = stmt.on_conflict_do_update(index_elements=["mill"], set_={"filled": Sacks.filled + stmt.excluded.filled})
    await db.execute(stmt)
    await db.commit()


# What is put there is what the caller gave: the later one wins, as it would one after the other.
@app.put("/mills/{mill}/owner")
async def sell(mill: str, owner: str, db: DB):
    stmt = insert(Sacks).values(mill=mill, filled=0, owner=owner)
    await db.execute(stmt.on_conflict_do_update(index_elements=["mill"], set_={"owner": stmt.excluded.owner}))
    await db.commit()
