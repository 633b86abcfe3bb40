"""The 1.x Query on MySQL: read, add in Python, write."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("mysql+pymysql://app@localhost/loyalty")
SessionLocal = sessionmaker(bind=engine)
Base = declarative_base()
app = FastAPI()


class Card(Base):
    __tablename__ = "cards"

    id = Column(Integer, primary_key=True)
    stamps = Column(Integer, default=0)
    nickname = Column(String(40))


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


@app.post("/cards/{card_id}/stamps")
def stamp(card_id: int, db: Session = Depends(get_db)):
    card = db.query(Card).filter(Card.id == card_id).first()  # step MB101 read
    if not card:
        raise HTTPException(status_code=404)
    card.stamps += 1  # want MB101 "stamps"
    db.commit()
    return card.stamps


@app.post("/cards/{card_id}/stamps/locked")
def stamp_locked(card_id: int, db: Session = Depends(get_db)):
    card = db.query(Card).filter(Card.id == card_id).with_for_update().first()
    if not card:
        raise HTTPException(status_code=404)
    card.stamps += 1
    db.commit()
    return card.stamps


@app.post("/cards/{card_id}/stamps/expression")
def stamp_expression(card_id: int, db: Session = Depends(get_db)):
    changed = db.query(Card).filter(Card.id == card_id).update({Card.stamps: Card.stamps + 1})
    db.commit()
    if not changed:
        raise HTTPException(status_code=404)


@app.put("/cards/{card_id}/nickname")
def rename(card_id: int, nickname: str, db: Session = Depends(get_db)):
    card = db.query(Card).get(card_id)
    if card is None:
        raise HTTPException(status_code=404)
    card.nickname = nickname
    db.commit()
