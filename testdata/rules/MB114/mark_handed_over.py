"""One of the stamps is the default. It is no job that waits: the mark goes on to another one."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

maker = sessionmaker(create_engine("postgresql+psycopg://stamps@db/stamps"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Stamp(Base):
    __tablename__ = "stamps"
    id: Mapped[int] = mapped_column(primary_key=True)
    default: Mapped[bool]


def session():
    with maker() as s:
        yield s


@app.post("/stamps/{stamp_id}/default")
def make_default(stamp_id: int, s: Annotated[Session, Depends(session)]):
    stamp = s.get(Stamp, stamp_id)
    if stamp is None:
        raise HTTPException(404)
    old = s.scalars(select(Stamp).where(Stamp.default.is_(True))).one_or_none()
    if old is not None and old.id != stamp.id:
        old.default = False  # want MB101|MB107 "stamps"
        stamp.default = True
    s.commit()
