"""To find that nobody has a name yet asks for nobody's right; to find that nobody is banned does."""
import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()
Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://guild"))


class Base(DeclarativeBase):
    pass


class Role(Base):
    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role_type: Mapped[str]


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_admin: Mapped[bool]


async def get_db():
    async with Session() as s:
        yield s


async def tell(what: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://hall.example/tell", json={"what": what})


@app.post("/roles")
async def add_role(name: str, db: AsyncSession = Depends(get_db)):
    existing = (await db.scalars(select(Role).where(Role.name == name, Role.role_type == "local"))).first()
    if existing:  # nobody's right hangs on it
        raise HTTPException(409)
    await tell(name)
    await tell("a role")


@app.delete("/roles")
async def drop_roles(db: AsyncSession = Depends(get_db)):
    await db.execute(delete(Role).where(Role.role_type == "local"))
    await db.commit()


@app.post("/members/{member_id}/raise")
async def raise_all(member_id: int, db: AsyncSession = Depends(get_db)):
    member = await db.get(Member, member_id)
    if not member or not member.is_admin:  # want MB303 "members.is_admin"
        raise HTTPException(403)
    await tell("all")
    await tell("once more")


@app.post("/members/{member_id}/lower")
async def lower(member_id: int, db: AsyncSession = Depends(get_db)):
    member = await db.get(Member, member_id)
    member.is_admin = False
    await db.commit()
