"""A code is taken away where there is one, and only afterwards the caller is refused if there was none."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/shop")
SessionLocal = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class GiftCode(Base):
    __tablename__ = "gift_codes"

    code: Mapped[str] = mapped_column(primary_key=True)
    cents: Mapped[int]


class Credit(Base):
    __tablename__ = "credits"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    cents: Mapped[int]


def get_db():
    with SessionLocal.begin() as session:
        yield session


def take(db: Session, code: str) -> GiftCode | None:
    gift = db.scalar(select(GiftCode).where(GiftCode.code == code))  # step MB106 read
    if gift is not None:  # step MB106 check
        db.delete(gift)  # want MB106 "gift_codes"
        db.flush()
    return gift


@app.post("/users/{user_id}/gifts/{code}")
def redeem(user_id: int, code: str, db: Session = Depends(get_db)):
    gift = take(db, code)
    if gift is None:
        raise HTTPException(404, "unknown code")
    db.add(Credit(user_id=user_id, cents=gift.cents))


def take_locked(db: Session, code: str) -> GiftCode | None:
    gift = db.scalar(select(GiftCode).where(GiftCode.code == code).with_for_update())
    if gift is not None:
        db.delete(gift)
        db.flush()
    return gift


@app.post("/users/{user_id}/gifts/{code}/locked")
def redeem_locked(user_id: int, code: str, db: Session = Depends(get_db)):
    gift = take_locked(db, code)
    if gift is None:
        raise HTTPException(404, "unknown code")
    db.add(Credit(user_id=user_id, cents=gift.cents))


@app.post("/users/{user_id}/gifts/{code}/one-statement")
def redeem_returning(user_id: int, code: str, db: Session = Depends(get_db)):
    cents = db.scalar(delete(GiftCode).where(GiftCode.code == code).returning(GiftCode.cents))
    if cents is None:
        raise HTTPException(404, "unknown code")
    db.add(Credit(user_id=user_id, cents=cents))


@app.post("/gifts/{code}/forget")
def forget(code: str, user_id: int, db: Session = Depends(get_db)):
    """Nothing is had for the code: whoever comes second has nothing to forget."""
    gift = db.scalar(select(GiftCode).where(GiftCode.code == code))
    if gift is not None:
        db.delete(gift)
    db.add(Credit(user_id=user_id, cents=0))


@app.post("/users/{user_id}/gifts/{code}/new")
def renew(user_id: int, code: str, cents: int, db: Session = Depends(get_db)):
    """The refusal is for another reason, and may be passed where there is no code."""
    gift = db.scalar(select(GiftCode).where(GiftCode.code == code))
    if gift is not None:
        db.delete(gift)
    if gift is not None and gift.cents > cents:
        raise HTTPException(409, "the old one is worth more")
    db.add(Credit(user_id=user_id, cents=cents))
