"""Shared code that asks which columns a model has takes the way of each model."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, sessionmaker

app = FastAPI()
engine = create_engine("postgresql+psycopg2://garden")
SessionLocal = sessionmaker(bind=engine)


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


class Shared:
    id = Column(Integer, primary_key=True)

    @classmethod
    def create(cls, db: Session, data: dict):
        if hasattr(cls, "label"):
            if db.query(cls).filter_by(label=data["label"]).first():  # want MB103 "bed.label: .*both insert"
                raise HTTPException(409)
        row = cls(**data)
        db.add(row)
        db.commit()
        return row

    @classmethod
    def by_code(cls, db: Session, code: str):
        code_column = getattr(cls, "code", None)
        if code_column is None:
            return None
        return db.query(cls).filter(code_column == code).first()


Base = declarative_base(cls=Shared)


class Bed(Base):
    __tablename__ = "bed"
    label = Column(String)


class Watering(Base):
    __tablename__ = "watering"
    litres = Column(Integer)


class Sack(Base):
    __tablename__ = "sack"
    code = Column(String)


@app.post("/beds")
def add_bed(label: str, db: Session = Depends(get_db)):
    return Bed.create(db, {"label": label}).id


@app.post("/waterings")
def add_watering(litres: int, db: Session = Depends(get_db)):
    return Watering.create(db, {"litres": litres}).id  # has no label to ask for


@app.post("/sacks")
def add_sack(code: str, db: Session = Depends(get_db)):
    if Sack.by_code(db, code):  # want MB103 "both insert"
        raise HTTPException(409)
    return Sack.create(db, {"code": code}).id


@app.post("/waterings/{code}")
def add_coded(code: str, litres: int, db: Session = Depends(get_db)):
    if Watering.by_code(db, code):
        raise HTTPException(409)
    return Watering.create(db, {"litres": litres}).id
