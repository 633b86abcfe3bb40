"""A commit between test and write, also at SERIALIZABLE."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/fleet", isolation_level="SERIALIZABLE")
Session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Van(Base):
    __tablename__ = "vans"

    id: Mapped[int] = mapped_column(primary_key=True)
    driver: Mapped[str | None]


async def get_db():
    async with Session() as session:
        yield session


@app.exception_handler(DBAPIError)
async def busy(request: Request, error: DBAPIError):
    return JSONResponse({"detail": "try again"}, status_code=503)


@app.post("/vans/{van_id}/driver")
async def assign(van_id: int, driver: str, db: Annotated[AsyncSession, Depends(get_db)]):
    van = await db.get(Van, van_id)
    if van is None or van.driver:  # step MB117 check
        raise HTTPException(409)
    await db.commit()
    await db.execute(update(Van).where(Van.id == van_id).values(driver=driver))  # want MB117 "driver"
    await db.commit()
