"""The row that leaves was taken alone out of a result, by columns that are no key of its table, behind the lock of what all of them belong to."""
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql://localhost/teams"))
router = APIRouter(prefix="/teams/{team_id}/members")


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)


class Membership(Base):
    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    user_id: Mapped[int]
    is_admin: Mapped[bool] = mapped_column(default=False)


def get_db():
    with SessionLocal() as db:
        yield db


class Members:
    def __init__(self, db: Annotated[Session, Depends(get_db)]) -> None:
        self.db = db

    def of(self, team_id: int, user_id: int) -> Membership:
        found = self.db.scalars(select(Membership).filter_by(team_id=team_id, user_id=user_id)).one_or_none()
        if found is None:
            raise HTTPException(404)
        return found

    def admins(self, team_id: int) -> int:
        return self.db.scalar(select(func.count(Membership.id)).where(Membership.team_id == team_id, Membership.is_admin))

    def leave(self, team_id: int, user_id: int) -> None:
        self.db.scalars(select(Team).where(Team.id == team_id).with_for_update()).one()
        member = self.of(team_id, user_id)
        if member.is_admin and self.admins(team_id) == 1:
            raise HTTPException(409)
        self.db.delete(member)
        self.db.commit()


@router.delete("/{user_id}", status_code=204)
def leave(team_id: int, user_id: int, members: Annotated[Members, Depends()]):
    members.leave(team_id, user_id)


app = FastAPI()
app.include_router(router)
