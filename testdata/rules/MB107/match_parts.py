"""What a pattern asks of a row is asked of its columns: by a class pattern, a mapping pattern, or a guard behind it."""
import asyncpg
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/permits"))
app = FastAPI()
pool: asyncpg.Pool


class Base(DeclarativeBase):
    pass


class Permit(Base):
    __tablename__ = "permits"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    clerk: Mapped[int | None]


def db():
    with Maker() as session:
        yield session


@app.post("/permits/{permit_id}/grant")
def grant(permit_id: int, clerk: int, session: Session = Depends(db)):
    permit = session.get(Permit, permit_id)  # step MB107 read
    match permit:
        case Permit(state="filed"):  # step MB107 check
            permit.state, permit.clerk = "granted", clerk  # want MB107 "permits.state"
        case None:
            raise HTTPException(404)
        case _:
            raise HTTPException(409)
    session.commit()


@app.post("/permits/{permit_id}/grant-locked")
def grant_locked(permit_id: int, clerk: int, session: Session = Depends(db)):
    permit = session.get(Permit, permit_id, with_for_update=True)
    match permit:
        case Permit(state="filed"):
            permit.state, permit.clerk = "granted", clerk
        case _:
            raise HTTPException(409)
    session.commit()


@app.post("/permits/{permit_id}/refuse")
async def refuse(permit_id: int, clerk: int):
    async with pool.acquire() as conn:
        row = await conn.fetchrow("SELECT state, clerk FROM permits WHERE id = $1", permit_id)  # step MB107 read
        match row:
            case {"state": "filed"}:  # step MB107 check
                await conn.execute("UPDATE permits SET state = 'refused', clerk = $2 WHERE id = $1", permit_id, clerk)  # want MB107 "permits.state"
            case _:
                raise HTTPException(409)


@app.post("/permits/{permit_id}/withdraw")
async def withdraw(permit_id: int):
    async with pool.acquire() as conn:
        match await conn.fetchval("SELECT state FROM permits WHERE id = $1", permit_id):  # step MB107 read
            case state if state == "filed":  # step MB107 check
                await conn.execute("UPDATE permits SET state = 'withdrawn' WHERE id = $1", permit_id)  # want MB107 "permits.state"
            case _:
                raise HTTPException(409)
