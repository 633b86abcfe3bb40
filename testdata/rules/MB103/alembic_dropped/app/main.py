"""The models say nothing of constraints: the migrations do, and one takes it back."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, declarative_base

engine = create_engine("postgresql+psycopg2://localhost/blog")
Base = declarative_base()
app = FastAPI()


class Tag(Base):
    __tablename__ = "tags"

    id = Column(Integer, primary_key=True)
    label = Column(String(60))


class Domain(Base):
    __tablename__ = "domains"

    id = Column(Integer, primary_key=True)
    host = Column(String(253))


def db_session():
    with Session(engine) as session:
        yield session


@app.post("/tags")
def add_tag(label: str, db: Session = Depends(db_session)):
    if db.query(Tag).filter(Tag.label == label).count() > 0:  # step MB103 check
        raise HTTPException(409)
    db.add(Tag(label=label))  # want MB103 "label"
    db.commit()


@app.post("/domains")
def add_domain(host: str, db: Session = Depends(db_session)):
    if db.query(Domain).filter(Domain.host == host).first() is not None:
        raise HTTPException(409)
    db.add(Domain(host=host))
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409)
