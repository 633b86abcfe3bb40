from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/wards"))
app = FastAPI()


class Base(DeclarativeBase): ...


class Ward(Base):
    __tablename__ = "wards"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    beds: Mapped[int]


class Bed(Base):
    __tablename__ = "beds"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]


def get_db():
    with factory() as db:
        yield db


class Wards:
    def __init__(self, db: Session):
        self.db = db

    def named(self, name: str):
        return self.db.scalars(select(Ward).where(Ward.name == name)).first()

    def add(self, ward: Ward):
        self.db.add(ward)
        self.db.commit()
        self.db.refresh(ward)
        return ward


# Of the session it knows what the repository has.
class Service:
    def __init__(self, db: Session):
        self.wards = Wards(db)

    def name_is_free(self, name: str) -> None:
        if self.wards.named(name):
            raise HTTPException(409, "there is such a ward")

    # Who looks is another function: it is asked once more, and refuses as it does.
    def open(self, name: str, beds: int):
        self.name_is_free(name)
        ward = Ward(name=name, beds=beds)
        return self.wards.add(ward)


@app.post("/wards/{name}")
def open_ward(name: str, beds: int, db: Session = Depends(get_db)):
    return Service(db).open(name, beds)
