"""get_or_create with and without a constraint; INSERT … WHERE NOT EXISTS."""
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/crm"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Company(Base):
    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str]


class Country(Base):
    __tablename__ = "countries"

    code: Mapped[str] = mapped_column(primary_key=True)


def get_db():
    with SessionLocal() as db:
        yield db


def get_or_create(db: Session, model, **values):
    row = db.query(model).filter_by(**values).first()  # step MB115|MB103 read
    if row:
        return row
    row = model(**values)
    db.add(row)  # want MB115|MB103 "compan"
    db.commit()
    return row


@app.put("/companies/{domain}")
def ensure_company(domain: str, db: Session = Depends(get_db)):
    return {"id": get_or_create(db, Company, domain=domain).id}


@app.put("/v2/companies/{domain}")
def ensure_company_where_not_exists(domain: str, db: Session = Depends(get_db)):
    db.execute(  # want MB115|MB103 "compan"
        text(
            "INSERT INTO companies (domain) SELECT :domain"
            " WHERE NOT EXISTS (SELECT 1 FROM companies WHERE domain = :domain)"
        ),
        {"domain": domain},
    )
    db.commit()


@app.put("/countries/{code}")
def ensure_country(code: str, db: Session = Depends(get_db)):
    db.execute(text("INSERT INTO countries (code) VALUES (:code) ON CONFLICT (code) DO NOTHING"), {"code": code})
    db.commit()
