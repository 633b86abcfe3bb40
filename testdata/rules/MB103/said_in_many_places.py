"""Functions that say in many places why something is not allowed, and in the end that it is: what follows is done where they say yes."""
import re

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql://localhost/clinic")
SessionLocal = sessionmaker(bind=engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Patient(Base):
    __tablename__ = "patients"
    id: Mapped[int] = mapped_column(primary_key=True)
    insurance: Mapped[str]
    city: Mapped[str]


class Doctor(Base):
    __tablename__ = "doctors"
    id: Mapped[int] = mapped_column(primary_key=True)
    licence: Mapped[str] = mapped_column(unique=True)


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def checked_address(street: str, city: str, code: str):
    if not street or len(street) < 5:
        return False, "the street is too short"
    if not city:
        return False, "the city is missing"
    if not re.match(r"^[a-z ]+$", city):
        return False, "the city has strange letters"
    if not code:
        return False, "the code is missing"
    if len(code) > 10:
        return False, "the code is too long"
    return True, None


def split_code(code: str):
    if not code:
        return None, None, "missing"
    if len(code) < 4:
        return None, None, "short"
    if len(code) > 12:
        return None, None, "long"
    if not code.isalnum():
        return None, None, "strange"
    return code[:2], code[2:], None


@app.post("/patients")
def register(insurance: str, street: str, city: str, code: str, db: Session = Depends(get_db)):
    if db.query(Patient).filter(Patient.insurance == insurance).first():  # want MB103 "patients.insurance"
        raise HTTPException(409)
    good, why = checked_address(street, city, code)
    if not good:
        raise HTTPException(422, why)
    db.add(Patient(insurance=insurance, city=city))
    db.commit()


@app.post("/patients/by-code")
def register_by_code(insurance: str, code: str, db: Session = Depends(get_db)):
    area, place, why = split_code(code)
    if area is None:
        raise HTTPException(422, why)
    if db.query(Patient).filter(Patient.insurance == insurance).first():  # want MB103 "patients.insurance"
        raise HTTPException(409)
    db.add(Patient(insurance=insurance, city=place))
    db.commit()


def refused(code: str):
    if not code:
        return False, "missing"
    if len(code) < 4:
        return False, "short"
    if len(code) > 12:
        return False, "long"
    if not code.isalnum():
        return False, "strange"
    return False, "doctors are not registered here any more"


@app.post("/doctors")
def register_doctor(licence: str, insurance: str, db: Session = Depends(get_db)):
    good, why = refused(licence)
    if not good:
        raise HTTPException(422, why)
    if db.query(Patient).filter(Patient.insurance == insurance).first():
        raise HTTPException(409)
    db.add(Patient(insurance=insurance, city=licence))
    db.commit()
