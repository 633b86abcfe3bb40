"""An early check that is repeated properly does no harm."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/visa"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Application(Base):
    __tablename__ = "applications"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="filed")


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def must_be_filed(application_id: int, db: DB) -> None:
    state = await db.scalar(select(Application.state).where(Application.id == application_id))
    if state != "filed":
        raise HTTPException(409, f"it is {state}")


@app.post("/applications/{application_id}/grant", dependencies=[Depends(must_be_filed)])
async def grant(application_id: int, db: DB):
    granted = await db.execute(
        update(Application)
        .where(Application.id == application_id, Application.state == "filed")
        .values(state="granted")
    )
    if granted.rowcount != 1:
        raise HTTPException(409)
    await db.commit()


@app.post("/applications/{application_id}/refuse", dependencies=[Depends(must_be_filed)])
async def refuse(application_id: int, db: DB):
    application = (
        await db.execute(select(Application).where(Application.id == application_id).with_for_update())
    ).scalar_one_or_none()
    if application is None or application.state != "filed":
        raise HTTPException(409)
    application.state = "refused"
    await db.commit()
