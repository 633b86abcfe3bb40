"""How many there are of something else sets no limit to what is looked for."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/signs"))


class Base(DeclarativeBase):
    pass


class Sign(Base):
    __tablename__ = "signs"
    id: Mapped[int] = mapped_column(primary_key=True)
    street: Mapped[str]
    text: Mapped[str]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.post("/streets/{street}/signs")
def put_up(street: str, text: str, session: Session = Depends(db)):
    if len(text) > 40:
        raise HTTPException(422)
    if session.scalars(select(Sign).where(Sign.street == street, Sign.text == text)).first():  # step MB103 check
        raise HTTPException(409)
    session.add(Sign(street=street, text=text))  # want MB103 "signs"
    session.commit()


@app.post("/streets/{street}/boards")
def put_board(street: str, text: str, session: Session = Depends(db)):
    if session.scalar(select(func.count()).select_from(Sign).where(Sign.street == street)) >= 9:  # step MB105 check
        raise HTTPException(409)
    session.add(Sign(street=street, text=text))  # want MB105 "signs"
    session.commit()
