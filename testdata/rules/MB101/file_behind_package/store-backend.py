"""A file whose name no import can spell."""
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/farm"))


def get_db():
    with SessionLocal() as db:
        yield db


def put(db, hutch, rabbits):
    hutch.rabbits = rabbits
    db.commit()
