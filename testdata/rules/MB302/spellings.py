"""Whose row is it: services, repositories, dependencies, raw SQL; and owners whom nobody can change."""
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from sqlalchemy import ForeignKey, create_engine, delete, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/yard"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Boat(Base):
    __tablename__ = "boats"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    length: Mapped[int] = mapped_column(default=5)


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    note: Mapped[str] = mapped_column(default="")


class Diary(Base):
    """Nobody ever gives a diary away."""

    __tablename__ = "diaries"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int]
    words: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def current_user(db: DB, x_user: Annotated[int, Header()]) -> User:
    user = db.get(User, x_user)
    if user is None:
        raise HTTPException(401)
    return user


CurrentUser = Annotated[User, Depends(current_user)]


class BoatRepository:
    def __init__(self, db: DB) -> None:
        self.db = db

    def get(self, boat_id: int) -> Boat | None:
        return self.db.scalars(select(Boat).where(Boat.id == boat_id)).one_or_none()

    def rename(self, boat_id: int, name: str) -> None:
        self.db.execute(update(Boat).where(Boat.id == boat_id).values(name=name))  # want MB302 "owner_id"
        self.db.commit()

    def rename_mine(self, boat_id: int, owner_id: int, name: str) -> bool:
        done = self.db.execute(update(Boat).where(Boat.id == boat_id, Boat.owner_id == owner_id).values(name=name))
        self.db.commit()
        return done.rowcount == 1


class BoatService:
    def __init__(self, boats: Annotated[BoatRepository, Depends()], user: CurrentUser) -> None:
        self.boats = boats
        self.user = user

    def must_own(self, boat_id: int) -> Boat:
        boat = self.boats.get(boat_id)
        if not boat:
            raise HTTPException(404)
        if boat.owner_id != self.user.id:  # step MB302 check
            raise HTTPException(403)
        return boat

    def rename(self, boat_id: int, name: str) -> None:
        self.must_own(boat_id)
        self.boats.rename(boat_id, name)


Boats = Annotated[BoatService, Depends()]
router = APIRouter(prefix="/boats")


@router.put("/{boat_id}/name")
def rename(boat_id: int, name: str, boats: Boats):
    boats.rename(boat_id, name)


def owned_boat(boat_id: int, user: CurrentUser, db: DB) -> Boat:
    boat = db.query(Boat).filter(Boat.id == boat_id).first()
    if boat is None or boat.owner_id != user.id:  # step MB302 check
        raise HTTPException(404)
    return boat


@router.put("/{boat_id}/length")
def set_length(length: int, boat: Annotated[Boat, Depends(owned_boat)], db: DB):
    boat.length = length  # want MB302 "owner_id"
    db.commit()


@router.delete("/{boat_id}")
def scrap(boat_id: int, user: CurrentUser, db: DB):
    owner_id = db.scalar(select(Boat.owner_id).where(Boat.id == boat_id))
    if owner_id != user.id:  # step MB302 check
        raise HTTPException(404)
    db.execute(delete(Boat).where(Boat.id == boat_id))  # want MB302 "owner_id"
    db.commit()


@router.put("/{boat_id}/owner")
def sell(boat_id: int, buyer: int, user: CurrentUser, db: DB):
    sold = db.execute(update(Boat).where(Boat.id == boat_id, Boat.owner_id == user.id).values(owner_id=buyer))
    if sold.rowcount != 1:
        raise HTTPException(404)
    db.commit()


@app.put("/berths/{berth_id}/note")
def note(berth_id: int, words: str, user: CurrentUser, db: DB):
    row = db.execute(text("SELECT tenant_id FROM berths WHERE id = :id"), {"id": berth_id}).one_or_none()
    if row is None or row.tenant_id != user.id:  # step MB302 check
        raise HTTPException(404)
    db.execute(text("UPDATE berths SET note = :note WHERE id = :id"), {"note": words, "id": berth_id})  # want MB302 "tenant_id"
    db.commit()


@app.put("/berths/{berth_id}/tenant")
def let(berth_id: int, tenant: int, db: DB):
    db.execute(text("UPDATE berths SET tenant_id = :tenant WHERE id = :id"), {"tenant": tenant, "id": berth_id})
    db.commit()


# Sound: the owner stands in the write, the row is locked, or nobody can change the owner.


@router.put("/v2/{boat_id}/name")
def rename_mine(boat_id: int, name: str, boats: Annotated[BoatRepository, Depends()], user: CurrentUser):
    if not boats.rename_mine(boat_id, user.id, name):
        raise HTTPException(404)


@router.put("/v2/{boat_id}/length")
def set_length_locked(boat_id: int, length: int, user: CurrentUser, db: DB):
    boat = db.scalars(select(Boat).where(Boat.id == boat_id).with_for_update()).one_or_none()
    if boat is None or boat.owner_id != user.id:
        raise HTTPException(404)
    boat.length = length
    db.commit()


@router.delete("/v2/{boat_id}")
def scrap_mine(boat_id: int, user: CurrentUser, db: DB):
    gone = db.execute(delete(Boat).where(Boat.id == boat_id, Boat.owner_id == user.id))
    if gone.rowcount == 0:
        raise HTTPException(404)
    db.commit()


@app.put("/v2/berths/{berth_id}/note")
def note_mine(berth_id: int, words: str, user: CurrentUser, db: DB):
    done = db.execute(
        text("UPDATE berths SET note = :note WHERE id = :id AND tenant_id = :me"), {"note": words, "id": berth_id, "me": user.id}
    )
    if done.rowcount != 1:
        raise HTTPException(404)
    db.commit()


@app.put("/diaries/{diary_id}")
def write(diary_id: int, words: str, user: CurrentUser, db: DB):
    diary = db.get(Diary, diary_id)
    if diary is None or diary.author_id != user.id:
        raise HTTPException(404)
    diary.words = words
    db.commit()


@app.post("/diaries")
def begin_diary(user: CurrentUser, db: DB):
    db.add(Diary(author_id=user.id, words=""))
    db.commit()


@router.get("/{boat_id}")
def show(boat: Annotated[Boat, Depends(owned_boat)]):
    return {"name": boat.name}


app.include_router(router)
