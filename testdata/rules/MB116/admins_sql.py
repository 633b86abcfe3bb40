"""The last administrator: counting, locking one row, locking all that were counted."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/org"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Admin(Base):
    __tablename__ = "admins"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int]


class Curator(Base):
    __tablename__ = "curators"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.delete("/orgs/{org_id}/admins/{admin_id}")
async def remove_admin(org_id: int, admin_id: int, db: DB):
    count = await db.scalar(select(func.count()).select_from(Admin).where(Admin.org_id == org_id))  # step MB116 read
    if count <= 1:  # step MB116 check
        raise HTTPException(409)
    await db.execute(delete(Admin).where(Admin.id == admin_id, Admin.org_id == org_id))  # want MB116 "admin"
    await db.commit()


@app.delete("/v2/orgs/{org_id}/admins/{admin_id}")
async def remove_admin_locking_one(org_id: int, admin_id: int, db: DB):
    admin = await db.scalar(select(Admin).where(Admin.id == admin_id).with_for_update())
    if admin is None:
        raise HTTPException(404)
    count = await db.scalar(select(func.count()).select_from(Admin).where(Admin.org_id == org_id))
    if count <= 1:
        raise HTTPException(409)
    await db.delete(admin)  # want MB116 "admin"
    await db.commit()


@app.delete("/orgs/{org_id}/curators/{curator_id}")
async def remove_curator(org_id: int, curator_id: int, db: DB):
    query = select(Curator.id).where(Curator.org_id == org_id).order_by(Curator.id).with_for_update()
    ids = (await db.scalars(query)).all()
    if len(ids) <= 1 or curator_id not in ids:
        raise HTTPException(409)
    await db.execute(delete(Curator).where(Curator.id == curator_id))
    await db.commit()
