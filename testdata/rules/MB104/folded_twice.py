"""The model folds the address, and the look folds it again: it asks for what is written then."""
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, field_validator
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/letters"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Reader(Base):
    __tablename__ = "readers"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)


class Subscription(BaseModel):
    address: str

    @field_validator("address")
    @classmethod
    def folded(cls, v: str) -> str:
        return v.lower().strip()


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/readers")
def subscribe(data: Subscription, db: Session = Depends(get_db)):
    reader = db.scalars(select(Reader).where(Reader.address == data.address.lower())).first()
    if reader:  # want MB104 "readers"
        raise HTTPException(409)
    db.add(Reader(address=data.address))
    db.commit()
