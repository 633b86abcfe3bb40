"""An advisory lock whose key is the checked value."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/dns"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Host(Base):
    __tablename__ = "hosts"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    name: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


@app.post("/hosts/{name}")
async def claim_host(name: str, tenant_id: int, db: AsyncSession = Depends(get_db)):
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
    if await db.scalar(select(Host.id).where(Host.name == name)):
        raise HTTPException(409)
    db.add(Host(name=name, tenant_id=tenant_id))
    await db.commit()
