"""Who is given a right is asked first what he may not do: nothing on that list is nothing that must be there once."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/grants"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class RoleAssignment(Base):
    __tablename__ = "role_assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    scope: Mapped[str]
    role: Mapped[str]


class TeamMember(Base):
    __tablename__ = "team_members"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    team: Mapped[str]


class AuthorizationError(HTTPException):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


def decide(held, asked: list[str]) -> list[tuple[str, bool]]:
    decisions = []
    for name in asked:
        decisions.append((name, any(h.scope == name and h.role == "owner" for h in held)))
    return decisions


@app.post("/scopes/{scope}/assignments")
async def assign(scope: str, user_id: int, db: DB):
    held = (await db.scalars(select(RoleAssignment))).all()
    denied = [name for name, approved in decide(held, [scope, "assignments"]) if not approved]
    if denied:
        raise AuthorizationError(401, detail=denied)
    db.add(RoleAssignment(user_id=user_id, scope=scope, role="reader"))
    await db.commit()


@app.post("/teams/{team}/members")
async def join(team: str, user_id: int, db: DB):
    members = (await db.scalars(select(TeamMember).where(TeamMember.team == team))).all()
    already = [m for m in members if m.user_id == user_id]
    if already:  # want MB103 "team_members"
        raise HTTPException(409)
    db.add(TeamMember(user_id=user_id, team=team))
    await db.commit()
