from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/app")
Session = async_sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str]
    team_id: Mapped[int]
    lead: Mapped[bool]


async def db():
    async with Session() as session:
        yield session
        await session.commit()


app = FastAPI()


async def by_email(session, email):
    return (await session.scalars(select(Person).where(Person.email == email))).one_or_none()


# Somebody is looked up and then changed: one row, and no count of those that remain.
@app.post("/sign-in")
async def sign_in(email: str, phone: str, session: AsyncSession = Depends(db)):
    person = await by_email(session, email)
    if person is None:
        raise HTTPException(404)
    person.phone = phone
    return person


# The leads of a team are counted, and one of them stops being one.
@app.post("/people/{id}/resign")
async def resign(id: int, session: AsyncSession = Depends(db)):
    person = await session.get(Person, id)
    if person is None:
        raise HTTPException(404)
    leads = (await session.scalars(select(Person).where(Person.team_id == person.team_id, Person.lead.is_(True)))).all()
    if len(leads) <= 1:
        raise HTTPException(409)
    person.lead = False  # want MB116 "lead"
    return person
