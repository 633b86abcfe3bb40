"""Work that goes on after the answer: on the row that the request has made, and on one that it has looked at."""
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/quarry"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Blast(Base):
    __tablename__ = "blasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    pit_id: Mapped[int]
    state: Mapped[str]


async def fire(blast_id: int):
    async with Session() as db:
        blast = await db.get(Blast, blast_id)
        blast.state = "done"
        await db.commit()


# That there was none says nothing of the one that is made now; that there may be two is another race.
@app.post("/pits/{pit_id}/blast")
async def start(pit_id: int, db: DB, tasks: BackgroundTasks):
    running = (await db.scalars(select(Blast).where(Blast.pit_id == pit_id, Blast.state == "set"))).first()
    if running is not None:  # want MB103 "blasts"
        raise HTTPException(409)
    blast = Blast(pit_id=pit_id, state="set")
    db.add(blast)
    await db.commit()
    tasks.add_task(fire, blast.id)


@app.post("/blasts/{blast_id}/fire")
async def fire_later(blast_id: int, db: DB, tasks: BackgroundTasks):
    blast = await db.get(Blast, blast_id)
    if blast.state != "set":  # want MB501|MB117 "state"
        raise HTTPException(409)
    tasks.add_task(fire, blast_id)


@app.post("/blasts/{blast_id}/defuse")
async def defuse(blast_id: int, db: DB):
    blast = await db.get(Blast, blast_id)
    blast.state = "defused"
    await db.commit()
