"""Who takes an invitation makes a membership first, and commits it: its key is made of what the invitation was found by."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/halls"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Invitation(Base):
    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    guest: Mapped[int] = mapped_column(index=True)
    hall: Mapped[int] = mapped_column(index=True)


class VisitInvitation(Base):
    __tablename__ = "visit_invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    guest: Mapped[int] = mapped_column(index=True)
    hall: Mapped[int] = mapped_column(index=True)


class Member(Base):
    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("guest", "hall"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    guest: Mapped[int]
    hall: Mapped[int]


class Visit(Base):
    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    guest: Mapped[int]
    hall: Mapped[int]


async def get_session():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_session)]


# The second request makes the same member, is refused by the key, and does not get as far as the invitation.
@app.post("/halls/{hall}/members/{guest}")
async def join(hall: int, guest: int, session: DB):
    invitation = await session.scalar(select(Invitation).where(Invitation.guest == guest, Invitation.hall == hall))
    if invitation is None:
        raise HTTPException(404)
    session.add(Member(guest=guest, hall=hall))
    await session.commit()
    await session.delete(invitation)
    await session.commit()


# Nothing keeps the second visit out.
@app.post("/halls/{hall}/visits/{guest}")
async def visit(hall: int, guest: int, session: DB):
    invitation = await session.scalar(select(VisitInvitation).where(VisitInvitation.guest == guest, VisitInvitation.hall == hall))
    if invitation is None:  # step MB106 check
        raise HTTPException(404)
    session.add(Visit(guest=guest, hall=hall))
    await session.commit()
    await session.delete(invitation)  # want MB106 "visit_invitations"
    await session.commit()
