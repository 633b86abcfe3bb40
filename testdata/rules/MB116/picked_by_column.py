"""The row that goes is picked out of a collection by what stands in one of its columns: two requests that name two values pick two rows."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/packages"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Package(Base):
    __tablename__ = "packages"

    id: Mapped[int] = mapped_column(primary_key=True)
    keepers: Mapped[list["Keeper"]] = relationship(back_populates="package")


class Keeper(Base):
    __tablename__ = "keepers"

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("packages.id"))
    login: Mapped[str]
    publishes: Mapped[bool]
    package: Mapped[Package] = relationship(back_populates="keepers")


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.delete("/packages/{package_id}/keepers/{login}")
def dismiss(package_id: int, login: str, db: DB):
    package = db.scalars(select(Package).where(Package.id == package_id)).one()
    leaving = next((k for k in package.keepers if k.login == login), None)
    if leaving is None:
        raise HTTPException(404)
    if leaving.publishes and len([k for k in package.keepers if k.publishes]) == 1:  # step MB116 check
        raise HTTPException(409)
    db.delete(leaving)  # want MB116 "keepers"
    db.commit()
